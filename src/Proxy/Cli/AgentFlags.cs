using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Shunt.Proxy.Cli;

/// <summary>The flags of the agent: all of kube-proxy's on Linux, and a few of our own.</summary>
internal static partial class AgentFlags
{
    /// <summary>All of them, in the order of the help.</summary>
    public static ImmutableArray<Flag> All { get; } = [.. Process, .. Server, .. Addresses, .. Iptables, .. Ipvs, .. Traffic, .. Node, .. Logging, .. Ours];

    /// <summary>The same, by name.</summary>
    public static FrozenDictionary<string, Flag> ByName { get; } = All.ToFrozenDictionary(static flag => flag.Name, StringComparer.Ordinal);

    /// <summary>The names of those that take no value.</summary>
    public static FrozenSet<string> BooleanNames { get; } =
        All.Where(static flag => flag.Kind == FlagKind.Boolean).Select(static flag => flag.Name).ToFrozenSet(StringComparer.Ordinal);

    private static IEnumerable<Flag> Process =>
    [
        FlagOf.Text("--config", "The configuration file. With it only these flags have effect: --hostname-override, --master, those of logging, and our own.",
            static s => s.ConfigFile, static (s, v) => s with { ConfigFile = v }) with { CountsWithFile = true },
        FlagOf.Text("--write-config-to", "Write the effective configuration to this file, and end.",
            static s => s.WriteConfigTo, static (s, v) => s with { WriteConfigTo = v }) with { CountsWithFile = true },
        FlagOf.Boolean("--cleanup", "Remove all rules, and end.",
            static s => s.Cleanup, static (s, v) => s with { Cleanup = v }) with { CountsWithFile = true },
        FlagOf.Boolean("--init-only", "Do what takes full privileges, and end. After that CAP_NET_ADMIN is enough.",
            static s => s.InitOnly, static (s, v) => s with { InitOnly = v }) with { CountsWithFile = true },
        FlagOf.Text("--version", "Print the version, or with =raw its parts, and end.", static _ => "false", static (s, _) => s) with { CountsWithFile = true },
        new("--feature-gates", FlagKind.List, "Feature gates of Kubernetes, as name=true or name=false, separated by commas.",
            static s => string.Join(',', s.Configuration.FeatureGates.Select(static gate => $"{gate.Key}={(gate.Value ? "true" : "false")}")),
            static (flags, s) => s.With(c => c with { FeatureGates = flags.Gates("--feature-gates", c.FeatureGates) })) { Field = "featureGates" },
        FlagOf.Text("--boot-id-file", "Accepted; of no effect.",
            static s => s.BootIdFile, static (s, v) => s with { BootIdFile = v }),
        FlagOf.Text("--machine-id-file", "Accepted; of no effect.",
            static s => s.MachineIdFile, static (s, v) => s with { MachineIdFile = v }),
        FlagOf.Number("--oom-score-adj", "How soon the kernel ends this process when memory is short: -1000 (never) to 1000.",
            static s => s.Configuration.OOMScoreAdj ?? 0, static (s, v) => s.With(c => c with { OOMScoreAdj = v })) with { Field = "oomScoreAdj" },
    ];

    private static IEnumerable<Flag> Server =>
    [
        FlagOf.Text("--kubeconfig", "File that says how to reach the API server. Without it and --master: the pod's service account.",
            static s => s.Configuration.ClientConnection.Kubeconfig,
            static (s, v) => s.WithClient(c => c with { Kubeconfig = v })) with { Field = "clientConnection.kubeconfig" },
        FlagOf.Text("--master", "URL of the API server, over the kubeconfig's.",
            static s => s.Master, static (s, v) => s with { Master = v }) with { CountsWithFile = true },
        FlagOf.Text("--kube-api-content-type", "Accepted; of no effect, as JSON is spoken.",
            static s => s.Configuration.ClientConnection.ContentType,
            static (s, v) => s.WithClient(c => c with { ContentType = v })) with { Field = "clientConnection.contentType" },
        FlagOf.Number("--kube-api-burst", "Accepted; of no effect, as there are a few requests only.",
            static s => s.Configuration.ClientConnection.Burst,
            static (s, v) => s.WithClient(c => c with { Burst = v })) with { Field = "clientConnection.burst" },
        new("--kube-api-qps", FlagKind.Text, "Accepted; of no effect, as there are a few requests only.",
            static s => s.Configuration.ClientConnection.Qps.ToString(System.Globalization.CultureInfo.InvariantCulture),
            static (flags, s) => s.WithClient(c => c with { Qps = flags.Decimal("--kube-api-qps", c.Qps) })) { Field = "clientConnection.qps" },
        FlagOf.Duration("--config-sync-period", "Accepted; of no effect, as nothing needs to be resynchronised.",
            static s => s.Configuration.ConfigSyncPeriod,
            static (s, v) => s.With(c => c with { ConfigSyncPeriod = v })) with { Field = "configSyncPeriod" },
    ];
}
