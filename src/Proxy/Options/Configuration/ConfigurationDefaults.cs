using Shunt.Model;

namespace Shunt.Proxy.Options.Configuration;

/// <summary>kube-proxy's defaults: what is zero or missing gets its value, so zero cannot be said where a default is not zero.</summary>
internal static class ConfigurationDefaults
{
    /// <summary>The port of the health server.</summary>
    public const int HealthzPort = 10256;

    /// <summary>The port of the metrics server.</summary>
    public const int MetricsPort = 10249;

    /// <summary>What the client sends by default.</summary>
    public const string ContentType = "application/vnd.kubernetes.protobuf";

    private static readonly TimeSpan SyncPeriod = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan MinSyncPeriod = TimeSpan.FromSeconds(1);

    /// <summary>The configuration with everything set.</summary>
    public static KubeProxyConfiguration Apply(KubeProxyConfiguration given)
    {
        var bind = given.BindAddress.Length == 0 ? "0.0.0.0" : given.BindAddress;
        var isV4 = IpAddr.TryParse(bind, out var address) && address.Family == IpFamily.IPv4;
        return given with
        {
            BindAddress = bind,
            HealthzBindAddress = given.HealthzBindAddress.Length == 0
                ? $"{(isV4 ? "0.0.0.0" : "[::]")}:{HealthzPort}"
                : HostPort.AppendPort(given.HealthzBindAddress, HealthzPort),
            MetricsBindAddress = given.MetricsBindAddress.Length == 0
                ? $"{(isV4 ? "127.0.0.1" : "[::1]")}:{MetricsPort}"
                : HostPort.AppendPort(given.MetricsBindAddress, MetricsPort),
            OOMScoreAdj = given.OOMScoreAdj ?? -999,
            ConfigSyncPeriod = Or(given.ConfigSyncPeriod, TimeSpan.FromMinutes(15)),
            ClientConnection = Apply(given.ClientConnection),
            Logging = Apply(given.Logging),
            IPTables = given.IPTables with
            {
                SyncPeriod = Or(given.IPTables.SyncPeriod, SyncPeriod),
                MinSyncPeriod = Or(given.IPTables.MinSyncPeriod, MinSyncPeriod),
                LocalhostNodePorts = given.IPTables.LocalhostNodePorts ?? true,
                MasqueradeBit = given.IPTables.MasqueradeBit ?? 14,
            },
            IPVS = given.IPVS with { SyncPeriod = Or(given.IPVS.SyncPeriod, SyncPeriod) },
            NFTables = given.NFTables with
            {
                SyncPeriod = Or(given.NFTables.SyncPeriod, SyncPeriod),
                MinSyncPeriod = Or(given.NFTables.MinSyncPeriod, MinSyncPeriod),
                MasqueradeBit = given.NFTables.MasqueradeBit ?? 14,
            },
            Conntrack = given.Conntrack with
            {
                MaxPerCore = given.Conntrack.MaxPerCore ?? 32768,
                Min = given.Conntrack.Min ?? 131072,
                TcpEstablishedTimeout = given.Conntrack.TcpEstablishedTimeout ?? TimeSpan.FromHours(24),
                TcpCloseWaitTimeout = given.Conntrack.TcpCloseWaitTimeout ?? TimeSpan.FromHours(1),
            },
        };
    }

    private static ClientConnectionConfiguration Apply(ClientConnectionConfiguration given) => given with
    {
        ContentType = given.ContentType.Length == 0 ? ContentType : given.ContentType,
        Qps = given.Qps == 0 ? 5 : given.Qps,
        Burst = given.Burst == 0 ? 10 : given.Burst,
    };

    private static LoggingConfiguration Apply(LoggingConfiguration given) => given with
    {
        Format = given.Format.Length == 0 ? "text" : given.Format,
        FlushFrequency = given.FlushFrequency.Value == TimeSpan.Zero ? new FlushFrequency(TimeSpan.FromSeconds(5), IsText: true) : given.FlushFrequency,
        Text = given.Text.InfoBufferSize.Length == 0 ? given.Text with { InfoBufferSize = "0" } : given.Text,
        Json = given.Json.InfoBufferSize.Length == 0 ? given.Json with { InfoBufferSize = "0" } : given.Json,
    };

    private static TimeSpan Or(TimeSpan given, TimeSpan otherwise) => given == TimeSpan.Zero ? otherwise : given;
}
