using System.Collections.Immutable;
using Shunt.Model;

namespace Shunt.Proxy.Options.Configuration;

/// <summary>
/// What of an effective configuration cannot be: kube-proxy's rules, in its order, with its paths and words; all of them at once. Which modes
/// and which variants there are is our own.
/// </summary>
internal static partial class ConfigurationValidator
{
    private const string Root = KubeProxyConfiguration.Kind;
    private const string NotNegative = "must be greater than or equal to 0";

    /// <summary>The errors; empty for a configuration that can be used.</summary>
    public static ImmutableArray<ConfigurationError> Validate(KubeProxyConfiguration configuration)
    {
        var errors = ImmutableArray.CreateBuilder<ConfigurationError>();
        FeatureGates(configuration, errors);
        MasqueradeBit(configuration.IPTables.MasqueradeBit, "IPTables", "iptables", errors);
        if (configuration.Mode == ProxyModes.Ipvs) Ipvs(configuration.IPVS, errors);
        if (configuration.Mode == ProxyModes.Nftables) MasqueradeBit(configuration.NFTables.MasqueradeBit, "NFTables", "nftables", errors);
        Linux(configuration, errors);
        Mode(configuration.Mode, errors);
        if (configuration.ClientConnection.Burst < 0)
        {
            errors.Add(ConfigurationError.Invalid(
                $"{Root}.ClientConnection.Burst", configuration.ClientConnection.Burst, NotNegative, "clientConnection.burst"));
        }

        Periods(configuration, errors);
        Addresses(configuration, errors);
        NodePortAddresses(configuration.NodePortAddresses, errors);
        HiddenMetrics(configuration.ShowHiddenMetricsForVersion, errors);
        DetectLocal(configuration, errors);
        Logging(configuration, errors);
        Shunt(configuration.Shunt, errors);
        return errors.ToImmutable();
    }

    private static void FeatureGates(KubeProxyConfiguration configuration, ImmutableArray<ConfigurationError>.Builder errors)
    {
        foreach (var problem in Options.FeatureGates.Check(configuration.FeatureGates))
        {
            var value = string.Join(' ', configuration.FeatureGates.Select(static gate => $"{gate.Key}:{(gate.Value ? "true" : "false")}"));
            errors.Add(new ConfigurationError($"{Root}.featureGates", $"Invalid value: map[{value}]", problem, "featureGates"));
        }
    }

    private static void MasqueradeBit(int? bit, string type, string section, ImmutableArray<ConfigurationError>.Builder errors)
    {
        if (bit is not { } value || value is >= 0 and <= 31) return;
        errors.Add(ConfigurationError.Invalid(
            $"{Root}.KubeProxy{type}Configuration.MasqueradeBit", value, "must be within the range [0, 31]", $"{section}.masqueradeBit"));
    }

    private static void Ipvs(KubeProxyIPVSConfiguration ipvs, ImmutableArray<ConfigurationError>.Builder errors)
    {
        const string path = $"{Root}.KubeProxyIPVSConfiguration";
        Timeout(ipvs.TcpTimeout, $"{path}.TCPTimeout", "ipvs.tcpTimeout", errors);
        Timeout(ipvs.TcpFinTimeout, $"{path}.TCPFinTimeout", "ipvs.tcpFinTimeout", errors);
        Timeout(ipvs.UdpTimeout, $"{path}.UDPTimeout", "ipvs.udpTimeout", errors);
        if (ipvs.ExcludeCIDRs.IsDefault) return;
        for (var i = 0; i < ipvs.ExcludeCIDRs.Length; i++)
        {
            if (IpPrefix.TryParse(ipvs.ExcludeCIDRs[i], out _)) continue;
            errors.Add(ConfigurationError.Invalid($"{path}.ExcludeCidrs[{i}]", ipvs.ExcludeCIDRs[i], "must be a valid CIDR", "ipvs.excludeCIDRs"));
        }
    }

    private static void Linux(KubeProxyConfiguration configuration, ImmutableArray<ConfigurationError>.Builder errors)
    {
        const string path = $"{Root}.KubeProxyLinuxConfiguration";
        const string conntrack = $"{path}.KubeProxyConntrackConfiguration";
        var given = configuration.Conntrack;
        if (given.MaxPerCore < 0) errors.Add(ConfigurationError.Invalid($"{conntrack}.MaxPerCore", given.MaxPerCore.Value, NotNegative, "conntrack.maxPerCore"));
        if (given.Min < 0) errors.Add(ConfigurationError.Invalid($"{conntrack}.Min", given.Min.Value, NotNegative, "conntrack.min"));
        Timeout(given.TcpEstablishedTimeout ?? default, $"{conntrack}.TCPEstablishedTimeout", "conntrack.tcpEstablishedTimeout", errors);
        Timeout(given.TcpCloseWaitTimeout ?? default, $"{conntrack}.TCPCloseWaitTimeout", "conntrack.tcpCloseWaitTimeout", errors);
        Timeout(given.UdpTimeout, $"{conntrack}.UDPTimeout", "conntrack.udpTimeout", errors);
        Timeout(given.UdpStreamTimeout, $"{conntrack}.UDPStreamTimeout", "conntrack.udpStreamTimeout", errors);
        if (configuration.OOMScoreAdj is { } score and (< -1000 or > 1000))
        {
            errors.Add(ConfigurationError.Invalid($"{path}.OOMScoreAdj", score, "must be within the range [-1000, 1000]", "oomScoreAdj"));
        }
    }

    private static void Timeout(TimeSpan value, string path, string field, ImmutableArray<ConfigurationError>.Builder errors)
    {
        if (value < TimeSpan.Zero) errors.Add(ConfigurationError.Invalid(path, value, NotNegative, field));
    }

    private static void Mode(string mode, ImmutableArray<ConfigurationError>.Builder errors)
    {
        const string path = $"{Root}.Mode.ProxyMode";
        if (ProxyModes.Available.Contains(mode)) return;
        var detail = ProxyModes.Known.Contains(mode)
            ? $"not available in this build yet (available: {string.Join(", ", ProxyModes.Available)})"
            : $"must be {string.Join(", ", ProxyModes.Known)} or blank (blank means the best-available proxy [currently iptables])";
        errors.Add(ConfigurationError.Invalid(path, mode, detail, "mode"));
    }

    private static void Periods(KubeProxyConfiguration configuration, ImmutableArray<ConfigurationError>.Builder errors)
    {
        var section = configuration.Mode is ProxyModes.Ipvs or ProxyModes.Nftables ? configuration.Mode : ProxyModes.Iptables;
        var (sync, min) = (configuration.SyncPeriod, configuration.MinSyncPeriod);
        if (configuration.ConfigSyncPeriod <= TimeSpan.Zero)
        {
            errors.Add(ConfigurationError.Invalid($"{Root}.ConfigSyncPeriod", configuration.ConfigSyncPeriod, "must be greater than 0", "configSyncPeriod"));
        }

        if (sync <= TimeSpan.Zero) errors.Add(ConfigurationError.Invalid($"{Root}.SyncPeriod", sync, "must be greater than 0", $"{section}.syncPeriod"));
        Timeout(min, $"{Root}.MinSyncPeriod", $"{section}.minSyncPeriod", errors);
        if (min <= sync) return;

        // kube-proxy prints the minimum for the value here; the value is what is too small.
        errors.Add(ConfigurationError.Invalid(
            $"{Root}.SyncPeriod", sync, $"must be greater than or equal to {Root}.MinSyncPeriod, {GoDuration.Format(min)}", $"{section}.syncPeriod"));
    }

    private static void Addresses(KubeProxyConfiguration configuration, ImmutableArray<ConfigurationError>.Builder errors)
    {
        if (!IpAddr.TryParse(configuration.BindAddress, out _))
        {
            errors.Add(ConfigurationError.Invalid(
                $"{Root}.BindAddress", configuration.BindAddress, "not a valid textual representation of an IP address", "bindAddress"));
        }

        if (configuration.HealthzBindAddress.Length > 0)
        {
            Address(configuration.HealthzBindAddress, $"{Root}.HealthzBindAddress", "healthzBindAddress", errors);
        }

        Address(configuration.MetricsBindAddress, $"{Root}.MetricsBindAddress", "metricsBindAddress", errors);
    }

    private static void Address(string text, string path, string field, ImmutableArray<ConfigurationError>.Builder errors)
    {
        if (!HostPort.TrySplit(text, out var host, out var port))
        {
            errors.Add(ConfigurationError.Invalid(path, text, "must be IP:port", field));
            return;
        }

        if (!IpAddr.TryParse(host, out _)) errors.Add(ConfigurationError.Invalid(path, host, "must be a valid IP", field));
        if (!HostPort.TryParsePort(port, out _)) errors.Add(ConfigurationError.Invalid(path, port, "must be a valid port", field));
    }

    private static void NodePortAddresses(ImmutableArray<string> addresses, ImmutableArray<ConfigurationError>.Builder errors)
    {
        const string field = "nodePortAddresses";
        if (addresses.IsDefault) return;
        for (var i = 0; i < addresses.Length; i++)
        {
            var path = $"{Root}.NodePortAddresses[{i}]";
            if (addresses[i] == NodePortNetworks.PrimaryWord)
            {
                if (addresses.Length > 1) errors.Add(ConfigurationError.Invalid(path, addresses[i], "can't use both 'primary' and CIDRs", field));
            }
            else if (!IpPrefix.TryParse(addresses[i], out _))
            {
                errors.Add(ConfigurationError.Invalid(path, addresses[i], "must be a valid CIDR", field));
            }
        }
    }

    private static void HiddenMetrics(string version, ImmutableArray<ConfigurationError>.Builder errors)
    {
        if (version.Length == 0 || version == KubernetesVersion.PreviousMinor) return;
        errors.Add(ConfigurationError.Invalid(
            $"{Root}.ShowHiddenMetricsForVersion", version,
            $"must be omitted or have the value '{KubernetesVersion.PreviousMinor}'; only the previous minor version is allowed", "showHiddenMetricsForVersion"));
    }
}
