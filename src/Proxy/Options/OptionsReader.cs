using System.Collections.Immutable;
using Shunt.Backends.Iptables;
using Shunt.Model;
using Shunt.Proxy.Options.Configuration;

namespace Shunt.Proxy.Options;

/// <summary>From an effective configuration that is valid to the options the agent works with.</summary>
internal static class OptionsReader
{
    /// <summary>The options of a configuration; what only the command line says is at its default.</summary>
    public static ShuntOptions Read(KubeProxyConfiguration configuration)
    {
        var detect = LocalModes.Parse(configuration.DetectLocalMode) ?? DetectLocalMode.ClusterCidr;
        var mode = ProxyModes.Parse(configuration.Mode) ?? ProxyMode.Iptables;
        return WithLogging(new ShuntOptions(), configuration.Logging) with
        {
            Configuration = configuration,
            Mode = mode,
            HostnameOverride = configuration.HostnameOverride,
            Kubeconfig = configuration.ClientConnection.Kubeconfig,
            BindAddress = IpAddr.TryParse(configuration.BindAddress, out var bind) ? bind : IpAddr.FromV4(0),
            ClusterCidrs = detect == DetectLocalMode.ClusterCidr && configuration.ClusterCIDR.Length > 0 ? Networks(configuration.ClusterCIDR.Split(',')) : [],
            DetectLocalMode = detect,
            PodBridgeInterface = configuration.DetectLocal.BridgeInterface,
            PodInterfaceNamePrefix = configuration.DetectLocal.InterfaceNamePrefix,
            MasqueradeAll = configuration.MasqueradeAll,
            MasqueradeBit = (mode == ProxyMode.Nftables ? configuration.NFTables.MasqueradeBit : configuration.IPTables.MasqueradeBit) ?? 14,
            NodePortAddresses = NodePorts(configuration.NodePortAddresses),
            LocalhostNodePorts = configuration.IPTables.LocalhostNodePorts ?? true,
            IptablesVariant = Choice<IptablesVariantChoice>.Parse(configuration.Shunt.IptablesVariant) ?? default,
            IptablesWriter = Choice<IptablesWriterChoice>.Parse(configuration.Shunt.IptablesWriter) ?? default,
            IptablesDispatch = Choice<IptablesDispatch>.Parse(configuration.Shunt.IptablesDispatch) ?? default,
            SyncPeriod = configuration.SyncPeriod,
            MinSyncPeriod = configuration.MinSyncPeriod,
            ConfigSyncPeriod = configuration.ConfigSyncPeriod,
            HealthzBindAddress = HostPort.TryParse(configuration.HealthzBindAddress, out var healthz) ? healthz : null,
            MetricsBindAddress = HostPort.TryParse(configuration.MetricsBindAddress, out var metrics) ? metrics : new ShuntOptions().MetricsBindAddress,
            BindAddressHardFail = configuration.BindAddressHardFail,
            EnableProfiling = configuration.EnableProfiling,
            ShowHiddenMetrics = configuration.ShowHiddenMetricsForVersion.Length > 0,
            OomScoreAdj = configuration.OOMScoreAdj ?? -999,
            Conntrack = Conntrack(configuration.Conntrack),
        };
    }

    private static ShuntOptions WithLogging(ShuntOptions options, LoggingConfiguration logging)
    {
        var format = logging.Format == "json" ? LoggingFormat.Json : LoggingFormat.Text;
        var output = format == LoggingFormat.Json ? logging.Json : logging.Text;
        return options with
        {
            LoggingFormat = format,
            Verbosity = (int)Math.Min(logging.Verbosity, int.MaxValue),
            Vmodule = string.Join(',', logging.VModule),
            LogFlushFrequency = logging.FlushFrequency.Value,
            LogSplitStream = output.SplitStream,
            LogInfoBufferSize = Quantity.TryParse(output.InfoBufferSize, out var size) ? size : 0,
        };
    }

    private static ConntrackOptions Conntrack(KubeProxyConntrackConfiguration given)
    {
        var defaults = new ConntrackOptions();
        return new ConntrackOptions
        {
            MaxPerCore = given.MaxPerCore ?? defaults.MaxPerCore,
            Min = given.Min ?? defaults.Min,
            TcpEstablishedTimeout = given.TcpEstablishedTimeout ?? defaults.TcpEstablishedTimeout,
            TcpCloseWaitTimeout = given.TcpCloseWaitTimeout ?? defaults.TcpCloseWaitTimeout,
            TcpBeLiberal = given.TcpBeLiberal,
            UdpTimeout = given.UdpTimeout,
            UdpStreamTimeout = given.UdpStreamTimeout,
        };
    }

    private static NodePortNetworks NodePorts(ImmutableArray<string> addresses)
    {
        if (addresses.IsDefaultOrEmpty) return NodePortNetworks.Everywhere;
        return new NodePortNetworks(addresses.Contains(NodePortNetworks.PrimaryWord), Networks(addresses));
    }

    private static ImmutableArray<IpPrefix> Networks(IEnumerable<string> texts)
    {
        var networks = ImmutableArray.CreateBuilder<IpPrefix>();
        foreach (var text in texts)
        {
            if (IpPrefix.TryParse(text, out var network)) networks.Add(network);
        }

        return networks.ToImmutable();
    }
}
