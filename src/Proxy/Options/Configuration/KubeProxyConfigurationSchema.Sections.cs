namespace Shunt.Proxy.Options.Configuration;

internal static partial class KubeProxyConfigurationSchema
{
    private static ConfigurationSchema<ClientConnectionConfiguration> ClientConnection => new(
    [
        ValueField.Text<ClientConnectionConfiguration>("kubeconfig", static c => c.Kubeconfig, static (c, v) => c with { Kubeconfig = v }),
        ValueField.Text<ClientConnectionConfiguration>(
            "acceptContentTypes", static c => c.AcceptContentTypes, static (c, v) => c with { AcceptContentTypes = v }),
        ValueField.Text<ClientConnectionConfiguration>("contentType", static c => c.ContentType, static (c, v) => c with { ContentType = v }),
        ValueField.Decimal<ClientConnectionConfiguration>("qps", static c => c.Qps, static (c, v) => c with { Qps = v }),
        ValueField.Number<ClientConnectionConfiguration>("burst", static c => c.Burst, static (c, v) => c with { Burst = v }),
    ]);

    private static ConfigurationSchema<KubeProxyIPTablesConfiguration> IPTables => new(
    [
        ValueField.OptionalNumber<KubeProxyIPTablesConfiguration>(
            "masqueradeBit", static c => c.MasqueradeBit, static (c, v) => c with { MasqueradeBit = v }),
        ValueField.Boolean<KubeProxyIPTablesConfiguration>("masqueradeAll", static c => c.MasqueradeAll, static (c, v) => c with { MasqueradeAll = v }),
        ValueField.OptionalBoolean<KubeProxyIPTablesConfiguration>(
            "localhostNodePorts", static c => c.LocalhostNodePorts, static (c, v) => c with { LocalhostNodePorts = v }),
        ValueField.Duration<KubeProxyIPTablesConfiguration>("syncPeriod", static c => c.SyncPeriod, static (c, v) => c with { SyncPeriod = v }),
        ValueField.Duration<KubeProxyIPTablesConfiguration>("minSyncPeriod", static c => c.MinSyncPeriod, static (c, v) => c with { MinSyncPeriod = v }),
    ]);

    private static ConfigurationSchema<KubeProxyIPVSConfiguration> IPVS => new(
    [
        ValueField.Duration<KubeProxyIPVSConfiguration>("syncPeriod", static c => c.SyncPeriod, static (c, v) => c with { SyncPeriod = v }),
        ValueField.Duration<KubeProxyIPVSConfiguration>("minSyncPeriod", static c => c.MinSyncPeriod, static (c, v) => c with { MinSyncPeriod = v }),
        ValueField.Text<KubeProxyIPVSConfiguration>("scheduler", static c => c.Scheduler, static (c, v) => c with { Scheduler = v }),
        ValueField.Texts<KubeProxyIPVSConfiguration>("excludeCIDRs", static c => c.ExcludeCIDRs, static (c, v) => c with { ExcludeCIDRs = v }),
        ValueField.Boolean<KubeProxyIPVSConfiguration>("strictARP", static c => c.StrictARP, static (c, v) => c with { StrictARP = v }),
        ValueField.Duration<KubeProxyIPVSConfiguration>("tcpTimeout", static c => c.TcpTimeout, static (c, v) => c with { TcpTimeout = v }),
        ValueField.Duration<KubeProxyIPVSConfiguration>("tcpFinTimeout", static c => c.TcpFinTimeout, static (c, v) => c with { TcpFinTimeout = v }),
        ValueField.Duration<KubeProxyIPVSConfiguration>("udpTimeout", static c => c.UdpTimeout, static (c, v) => c with { UdpTimeout = v }),
    ]);

    private static ConfigurationSchema<KubeProxyNFTablesConfiguration> NFTables => new(
    [
        ValueField.OptionalNumber<KubeProxyNFTablesConfiguration>(
            "masqueradeBit", static c => c.MasqueradeBit, static (c, v) => c with { MasqueradeBit = v }),
        ValueField.Boolean<KubeProxyNFTablesConfiguration>("masqueradeAll", static c => c.MasqueradeAll, static (c, v) => c with { MasqueradeAll = v }),
        ValueField.Duration<KubeProxyNFTablesConfiguration>("syncPeriod", static c => c.SyncPeriod, static (c, v) => c with { SyncPeriod = v }),
        ValueField.Duration<KubeProxyNFTablesConfiguration>("minSyncPeriod", static c => c.MinSyncPeriod, static (c, v) => c with { MinSyncPeriod = v }),
    ]);

    private static ConfigurationSchema<KubeProxyWinkernelConfiguration> Winkernel => new(
    [
        ValueField.Text<KubeProxyWinkernelConfiguration>("networkName", static c => c.NetworkName, static (c, v) => c with { NetworkName = v }),
        ValueField.Text<KubeProxyWinkernelConfiguration>("sourceVip", static c => c.SourceVip, static (c, v) => c with { SourceVip = v }),
        ValueField.Boolean<KubeProxyWinkernelConfiguration>("enableDSR", static c => c.EnableDSR, static (c, v) => c with { EnableDSR = v }),
        ValueField.Text<KubeProxyWinkernelConfiguration>(
            "rootHnsEndpointName", static c => c.RootHnsEndpointName, static (c, v) => c with { RootHnsEndpointName = v }),
        ValueField.Boolean<KubeProxyWinkernelConfiguration>(
            "forwardHealthCheckVip", static c => c.ForwardHealthCheckVip, static (c, v) => c with { ForwardHealthCheckVip = v }),
    ]);

    private static ConfigurationSchema<DetectLocalConfiguration> DetectLocal => new(
    [
        ValueField.Text<DetectLocalConfiguration>("bridgeInterface", static c => c.BridgeInterface, static (c, v) => c with { BridgeInterface = v }),
        ValueField.Text<DetectLocalConfiguration>(
            "interfaceNamePrefix", static c => c.InterfaceNamePrefix, static (c, v) => c with { InterfaceNamePrefix = v }),
    ]);

    private static ConfigurationSchema<KubeProxyConntrackConfiguration> Conntrack => new(
    [
        ValueField.OptionalNumber<KubeProxyConntrackConfiguration>("maxPerCore", static c => c.MaxPerCore, static (c, v) => c with { MaxPerCore = v }),
        ValueField.OptionalNumber<KubeProxyConntrackConfiguration>("min", static c => c.Min, static (c, v) => c with { Min = v }),
        ValueField.OptionalDuration<KubeProxyConntrackConfiguration>(
            "tcpEstablishedTimeout", static c => c.TcpEstablishedTimeout, static (c, v) => c with { TcpEstablishedTimeout = v }),
        ValueField.OptionalDuration<KubeProxyConntrackConfiguration>(
            "tcpCloseWaitTimeout", static c => c.TcpCloseWaitTimeout, static (c, v) => c with { TcpCloseWaitTimeout = v }),
        ValueField.Boolean<KubeProxyConntrackConfiguration>("tcpBeLiberal", static c => c.TcpBeLiberal, static (c, v) => c with { TcpBeLiberal = v }),
        ValueField.Duration<KubeProxyConntrackConfiguration>("udpTimeout", static c => c.UdpTimeout, static (c, v) => c with { UdpTimeout = v }),
        ValueField.Duration<KubeProxyConntrackConfiguration>(
            "udpStreamTimeout", static c => c.UdpStreamTimeout, static (c, v) => c with { UdpStreamTimeout = v }),
    ]);

    private static ConfigurationSchema<ShuntConfiguration> Shunt => new(
    [
        Choice("iptablesVariant", static c => c.IptablesVariant, static (c, v) => c with { IptablesVariant = v }),
        Choice("iptablesWriter", static c => c.IptablesWriter, static (c, v) => c with { IptablesWriter = v }),
        Choice("iptablesDispatch", static c => c.IptablesDispatch, static (c, v) => c with { IptablesDispatch = v }),
    ]);

    private static ConfigurationField<ShuntConfiguration> Choice(
        string name, Func<ShuntConfiguration, string> get, Func<ShuntConfiguration, string, ShuntConfiguration> set) =>
        ValueField.Text(name, get, set) with { IsOmitted = section => get(section).Length == 0 };
}
