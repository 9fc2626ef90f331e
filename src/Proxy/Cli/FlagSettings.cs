using Shunt.Proxy.Options.Configuration;

namespace Shunt.Proxy.Cli;

/// <summary>What the flags say, each on its own: not yet what it comes to.</summary>
internal sealed record FlagSettings
{
    /// <summary>What the flags say of the configuration, with kube-proxy's defaults for the rest.</summary>
    public KubeProxyConfiguration Configuration { get; init; } = ConfigurationDefaults.Apply(new KubeProxyConfiguration());

    /// <summary><c>--masquerade-all</c>: of whatever mode is in use.</summary>
    public bool MasqueradeAll { get; init; }

    /// <summary><c>--iptables-sync-period</c>; null when not given.</summary>
    public TimeSpan? IptablesSyncPeriod { get; init; }

    /// <summary><c>--iptables-min-sync-period</c>; null when not given.</summary>
    public TimeSpan? IptablesMinSyncPeriod { get; init; }

    /// <summary><c>--ipvs-sync-period</c>; null when not given.</summary>
    public TimeSpan? IpvsSyncPeriod { get; init; }

    /// <summary><c>--ipvs-min-sync-period</c>; null when not given.</summary>
    public TimeSpan? IpvsMinSyncPeriod { get; init; }

    /// <summary><c>--healthz-port</c>: 0 switches the health server off.</summary>
    public int HealthzPort { get; init; } = ConfigurationDefaults.HealthzPort;

    /// <summary><c>--metrics-port</c>: 0 leaves the metrics server without an address, which is an error.</summary>
    public int MetricsPort { get; init; } = ConfigurationDefaults.MetricsPort;

    /// <summary><c>--config</c>.</summary>
    public string ConfigFile { get; init; } = "";

    /// <summary><c>--write-config-to</c>.</summary>
    public string WriteConfigTo { get; init; } = "";

    /// <summary><c>--cleanup</c>.</summary>
    public bool Cleanup { get; init; }

    /// <summary><c>--init-only</c>.</summary>
    public bool InitOnly { get; init; }

    /// <summary><c>--master</c>.</summary>
    public string Master { get; init; } = "";

    /// <summary><c>--hostname-override</c>, as given.</summary>
    public string HostnameOverride { get; init; } = "";

    /// <summary><c>--from</c>.</summary>
    public string From { get; init; } = "";

    /// <summary><c>--once</c>.</summary>
    public bool Once { get; init; }

    /// <summary><c>--boot-id-file</c>.</summary>
    public string BootIdFile { get; init; } = "/proc/sys/kernel/random/boot_id";

    /// <summary><c>--machine-id-file</c>.</summary>
    public string MachineIdFile { get; init; } = "/etc/machine-id,/var/lib/dbus/machine-id";

    /// <summary>The settings with another configuration.</summary>
    public FlagSettings With(Func<KubeProxyConfiguration, KubeProxyConfiguration> change) => this with { Configuration = change(Configuration) };

    /// <summary>The settings with another logging section.</summary>
    public FlagSettings WithLogging(Func<LoggingConfiguration, LoggingConfiguration> change) => With(c => c with { Logging = change(c.Logging) });

    /// <summary>The settings with another conntrack section.</summary>
    public FlagSettings WithConntrack(Func<KubeProxyConntrackConfiguration, KubeProxyConntrackConfiguration> change) =>
        With(c => c with { Conntrack = change(c.Conntrack) });

    /// <summary>The settings with another ipvs section.</summary>
    public FlagSettings WithIpvs(Func<KubeProxyIPVSConfiguration, KubeProxyIPVSConfiguration> change) => With(c => c with { IPVS = change(c.IPVS) });

    /// <summary>The settings with another section about the API server.</summary>
    public FlagSettings WithClient(Func<ClientConnectionConfiguration, ClientConnectionConfiguration> change) =>
        With(c => c with { ClientConnection = change(c.ClientConnection) });
}
