using System.Collections.Immutable;
using System.Net;
using Shunt.Model;

namespace Shunt.Proxy.Options;

/// <summary>Everything the agent is told by its command line; given once. The defaults are kube-proxy's.</summary>
internal sealed record ShuntOptions
{
    /// <summary><c>--proxy-mode</c>; null when it was not given, which means iptables.</summary>
    public ProxyMode? Mode { get; init; }

    /// <summary><c>--hostname-override</c>; empty when not given, and the machine's host name is the node's name.</summary>
    public string HostnameOverride { get; init; } = "";

    /// <summary><c>--kubeconfig</c>; empty when not given.</summary>
    public string Kubeconfig { get; init; } = "";

    /// <summary><c>--master</c>: the API server's URL, over the kubeconfig's; empty when not given.</summary>
    public string Master { get; init; } = "";

    /// <summary><c>--from</c>: the file or directory of manifests to take instead of an API server; empty when not given.</summary>
    public string From { get; init; } = "";

    /// <summary><c>--once</c>: end as soon as the kernel is as desired.</summary>
    public bool Once { get; init; }

    /// <summary><c>--bind-address</c>: when specified (not all zeros) it is the node's address of its family, and that family comes first.</summary>
    public IpAddr BindAddress { get; init; } = IpAddr.FromV4(0);

    /// <summary><c>--cluster-cidr</c>: the networks of all pods; empty when not given or when the mode of detection does not use them.</summary>
    public ImmutableArray<IpPrefix> ClusterCidrs { get; init; } = [];

    /// <summary><c>--detect-local-mode</c>.</summary>
    public DetectLocalMode DetectLocalMode { get; init; }

    /// <summary><c>--pod-bridge-interface</c>; empty when not given.</summary>
    public string PodBridgeInterface { get; init; } = "";

    /// <summary><c>--pod-interface-name-prefix</c>; empty when not given.</summary>
    public string PodInterfaceNamePrefix { get; init; } = "";

    /// <summary><c>--masquerade-all</c>: traffic to cluster IPs always gets this node's source address.</summary>
    public bool MasqueradeAll { get; init; }

    /// <summary><c>--iptables-masquerade-bit</c>: which bit of the packet mark says "masquerade".</summary>
    public int MasqueradeBit { get; init; } = 14;

    /// <summary><c>--nodeport-addresses</c>.</summary>
    public NodePortNetworks NodePortAddresses { get; init; } = NodePortNetworks.Everywhere;

    /// <summary><c>--iptables-localhost-nodeports</c>: node ports also answer at 127.0.0.1.</summary>
    public bool LocalhostNodePorts { get; init; } = true;

    /// <summary><c>--iptables-variant</c>.</summary>
    public IptablesVariantChoice IptablesVariant { get; init; }

    /// <summary><c>--iptables-sync-period</c>: how often to look whether the rules are still there, and the longest wait between retries.</summary>
    public TimeSpan SyncPeriod { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary><c>--iptables-min-sync-period</c>: the shortest time from the end of one sync to the start of the next.</summary>
    public TimeSpan MinSyncPeriod { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary><c>--config-sync-period</c>: accepted for kube-proxy's command line; there is nothing to resynchronise.</summary>
    public TimeSpan ConfigSyncPeriod { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary><c>-v</c>: 0 for what happens, 2 for why, 4 and more for everything.</summary>
    public int Verbosity { get; init; }

    /// <summary><c>--logging-format</c>.</summary>
    public LoggingFormat LoggingFormat { get; init; }

    /// <summary><c>--healthz-bind-address</c>; null when the health server is switched off (<c>--healthz-port=0</c>).</summary>
    public IPEndPoint? HealthzBindAddress { get; init; } = new(IPAddress.Any, 10256);

    /// <summary><c>--metrics-bind-address</c>.</summary>
    public IPEndPoint MetricsBindAddress { get; init; } = new(IPAddress.Loopback, 10249);

    /// <summary><c>--bind-address-hard-fail</c>: a health or metrics address that cannot be bound ends the agent.</summary>
    public bool BindAddressHardFail { get; init; }

    /// <summary><c>--profiling</c>: profiling pages on the metrics server.</summary>
    public bool EnableProfiling { get; init; }

    /// <summary>The kernel's connection tracking: the <c>--conntrack-*</c> flags.</summary>
    public ConntrackOptions Conntrack { get; init; } = new();
}
