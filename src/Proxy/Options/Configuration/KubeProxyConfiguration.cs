using System.Collections.Immutable;

namespace Shunt.Proxy.Options.Configuration;

/// <summary>
/// The file behind <c>--config</c>: kind KubeProxyConfiguration of kubeproxy.config.k8s.io/v1alpha1, field by field, and our own section.
/// A value of this type says what was written, not what it means: addresses and networks are texts, zero means not set.
/// </summary>
internal sealed record KubeProxyConfiguration
{
    /// <summary>The group of the API.</summary>
    public const string Group = "kubeproxy.config.k8s.io";

    /// <summary>What <c>apiVersion</c> must say.</summary>
    public const string ApiVersion = Group + "/v1alpha1";

    /// <summary>What <c>kind</c> must say.</summary>
    public const string Kind = "KubeProxyConfiguration";

    /// <summary><c>featureGates</c>: gates that differ from their default, by name.</summary>
    public ImmutableSortedDictionary<string, bool> FeatureGates { get; init; } = EmptyGates;

    /// <summary><c>clientConnection</c>: how the API server is reached.</summary>
    public ClientConnectionConfiguration ClientConnection { get; init; } = new();

    /// <summary><c>logging</c>.</summary>
    public LoggingConfiguration Logging { get; init; } = new();

    /// <summary><c>hostnameOverride</c>: the node's name; empty for the machine's host name.</summary>
    public string HostnameOverride { get; init; } = "";

    /// <summary><c>bindAddress</c>: the node's own address, unless it is all zeros.</summary>
    public string BindAddress { get; init; } = "";

    /// <summary><c>healthzBindAddress</c>: address and port of the health server; empty only where it is switched off.</summary>
    public string HealthzBindAddress { get; init; } = "";

    /// <summary><c>metricsBindAddress</c>: address and port of the metrics server.</summary>
    public string MetricsBindAddress { get; init; } = "";

    /// <summary><c>bindAddressHardFail</c>: an address that cannot be bound ends the agent.</summary>
    public bool BindAddressHardFail { get; init; }

    /// <summary><c>enableProfiling</c>: profiling pages on the metrics server.</summary>
    public bool EnableProfiling { get; init; }

    /// <summary><c>showHiddenMetricsForVersion</c>: the minor version before this one, or empty.</summary>
    public string ShowHiddenMetricsForVersion { get; init; } = "";

    /// <summary><c>mode</c>; empty for iptables.</summary>
    public string Mode { get; init; } = "";

    /// <summary><c>iptables</c>.</summary>
    public KubeProxyIPTablesConfiguration IPTables { get; init; } = new();

    /// <summary><c>ipvs</c>.</summary>
    public KubeProxyIPVSConfiguration IPVS { get; init; } = new();

    /// <summary><c>nftables</c>.</summary>
    public KubeProxyNFTablesConfiguration NFTables { get; init; } = new();

    /// <summary><c>winkernel</c>: for Windows.</summary>
    public KubeProxyWinkernelConfiguration Winkernel { get; init; } = new();

    /// <summary><c>detectLocalMode</c>; empty for ClusterCIDR.</summary>
    public string DetectLocalMode { get; init; } = "";

    /// <summary><c>detectLocal</c>.</summary>
    public DetectLocalConfiguration DetectLocal { get; init; } = new();

    /// <summary><c>clusterCIDR</c>: one network or two, separated by a comma; empty for unknown.</summary>
    public string ClusterCIDR { get; init; } = "";

    /// <summary><c>nodePortAddresses</c>; default (null in the file) when not set.</summary>
    public ImmutableArray<string> NodePortAddresses { get; init; }

    /// <summary><c>oomScoreAdj</c>; null when not set.</summary>
    public int? OOMScoreAdj { get; init; }

    /// <summary><c>conntrack</c>.</summary>
    public KubeProxyConntrackConfiguration Conntrack { get; init; } = new();

    /// <summary><c>configSyncPeriod</c>.</summary>
    public TimeSpan ConfigSyncPeriod { get; init; }

    /// <summary><c>portRange</c>: of the userspace mode that is no more.</summary>
    public string PortRange { get; init; } = "";

    /// <summary><c>windowsRunAsService</c>: for Windows.</summary>
    public bool WindowsRunAsService { get; init; }

    /// <summary><c>shunt</c>: our own settings, which kube-proxy does not have.</summary>
    public ShuntConfiguration Shunt { get; init; } = new();

    /// <summary>No gate differs from its default.</summary>
    public static ImmutableSortedDictionary<string, bool> EmptyGates { get; } = ImmutableSortedDictionary.Create<string, bool>(StringComparer.Ordinal);

    /// <summary>The sync period of the mode's own section.</summary>
    public TimeSpan SyncPeriod => Mode switch
    {
        ProxyModes.Ipvs => IPVS.SyncPeriod,
        ProxyModes.Nftables => NFTables.SyncPeriod,
        _ => IPTables.SyncPeriod,
    };

    /// <summary>The shortest time between syncs of the mode's own section.</summary>
    public TimeSpan MinSyncPeriod => Mode switch
    {
        ProxyModes.Ipvs => IPVS.MinSyncPeriod,
        ProxyModes.Nftables => NFTables.MinSyncPeriod,
        _ => IPTables.MinSyncPeriod,
    };

    /// <summary>Whether all traffic to cluster IPs is masqueraded, by the mode's own section.</summary>
    public bool MasqueradeAll => Mode == ProxyModes.Nftables ? NFTables.MasqueradeAll : IPTables.MasqueradeAll;
}
