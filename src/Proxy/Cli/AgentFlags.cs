using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Shunt.Proxy.Cli;

/// <summary>The flags of the agent: kube-proxy's by name, and a few of our own.</summary>
internal static class AgentFlags
{
    private static readonly ImmutableArray<Flag> Known =
    [
        new("--proxy-mode", FlagKind.Text, "How traffic is carried: iptables (the default)."),
        new("--from", FlagKind.Text,
            "Take the cluster's state from this file or directory of manifests instead of an API server, and follow its changes."),
        new("--once", FlagKind.Boolean, "Make the kernel as desired, then end: exit code 0 when it is, 1 otherwise."),
        new("--hostname-override", FlagKind.Text, "The node's name, when it is not the machine's host name."),
        new("--kubeconfig", FlagKind.Text, "File that says how to reach the API server. Without it and --master: the pod's service account."),
        new("--master", FlagKind.Text, "URL of the API server, over the kubeconfig's."),
        new("--bind-address", FlagKind.Text, "The node's own address, when it is not all zeros. (default 0.0.0.0)"),
        new("--cluster-cidr", FlagKind.Text, "The network of all pods: one CIDR, or an IPv4 and an IPv6 one."),
        new("--detect-local-mode", FlagKind.Text,
            "How local pods are told: ClusterCIDR (the default), NodeCIDR, BridgeInterface, InterfaceNamePrefix."),
        new("--pod-bridge-interface", FlagKind.Text, "The bridge that all local pods are behind, for BridgeInterface."),
        new("--pod-interface-name-prefix", FlagKind.Text, "How the names of local pods' interfaces begin, for InterfaceNamePrefix."),
        new("--masquerade-all", FlagKind.Boolean, "Masquerade all traffic to cluster IPs."),
        new("--nodeport-addresses", FlagKind.List,
            "Networks in which the node's addresses serve node ports, or \"primary\". (default everywhere)"),
        new("--iptables-masquerade-bit", FlagKind.Text,
            "Which bit of the packet mark says that a packet must be masqueraded, 0 to 31. (default 14)"),
        new("--iptables-localhost-nodeports", FlagKind.Boolean, "Serve node ports at 127.0.0.1 too. (default true)"),
        new("--iptables-sync-period", FlagKind.Text,
            "How often to look whether the rules are in place, and the longest wait before a retry. (default 30s)"),
        new("--iptables-min-sync-period", FlagKind.Text, "The shortest time between two syncs. (default 1s)"),
        new("--iptables-variant", FlagKind.Text, "Which iptables to use: auto (the default), nft, legacy."),
        new("--config-sync-period", FlagKind.Text, "Accepted; nothing needs to be resynchronised. (default 15m)"),
        new("--v", FlagKind.Text, "How much to log: 0 for what happens, 2 for why, 4 for everything. (default 0)"),
        new("--logging-format", FlagKind.Text, "How log lines look: text (the default), json."),
    ];

    private static readonly string[] NotYet =
    [
        "--config", "--write-config-to", "--feature-gates", "--kube-api-content-type", "--kube-api-burst", "--kube-api-qps",
        "--healthz-bind-address", "--healthz-port", "--metrics-bind-address", "--metrics-port", "--show-hidden-metrics-for-version",
        "--ipvs-sync-period", "--ipvs-min-sync-period", "--ipvs-scheduler", "--ipvs-exclude-cidrs", "--ipvs-tcp-timeout",
        "--ipvs-tcpfin-timeout", "--ipvs-udp-timeout", "--oom-score-adj", "--conntrack-max-per-core", "--conntrack-min",
        "--conntrack-tcp-timeout-established", "--conntrack-tcp-timeout-close-wait", "--conntrack-udp-timeout",
        "--conntrack-udp-timeout-stream", "--vmodule", "--log-flush-frequency", "--log-text-info-buffer-size",
        "--log-json-info-buffer-size", "--boot-id-file", "--machine-id-file",
    ];

    private static readonly string[] NotYetBoolean =
    [
        "--cleanup", "--init-only", "--bind-address-hard-fail", "--profiling", "--ipvs-strict-arp", "--conntrack-tcp-be-liberal",
        "--log-text-split-stream", "--log-json-split-stream",
    ];

    /// <summary>All of them, those that are not yet available last.</summary>
    public static ImmutableArray<Flag> All { get; } =
    [
        .. Known,
        .. NotYet.Select(static name => new Flag(name, FlagKind.Text, "") { NotYet = true }),
        .. NotYetBoolean.Select(static name => new Flag(name, FlagKind.Boolean, "") { NotYet = true }),
    ];

    /// <summary>The names of those that take no value.</summary>
    public static FrozenSet<string> BooleanNames { get; } =
        All.Where(static flag => flag.Kind == FlagKind.Boolean).Select(static flag => flag.Name).ToFrozenSet(StringComparer.Ordinal);
}
