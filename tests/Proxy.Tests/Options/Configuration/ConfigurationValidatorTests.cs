using Shunt.Proxy.Options.Configuration;

namespace Shunt.Proxy.Tests.Options.Configuration;

public sealed class ConfigurationValidatorTests
{
    private const string Linux = "KubeProxyConfiguration.KubeProxyLinuxConfiguration.";
    private const string Conntrack = Linux + "KubeProxyConntrackConfiguration.";
    private const string Ipvs = "KubeProxyConfiguration.KubeProxyIPVSConfiguration.";
    private const string Detect = "KubeProxyConfiguration.DetectLocalConfiguration.";
    private const string Logging = "KubeProxyConfiguration.logging.";
    private const string Pair = "must be a either a single CIDR or dual-stack pair of CIDRs (e.g. [10.100.0.0/16, fde4:8dba:82e1::/48]";

    [Fact]
    public void The_defaults_are_valid() => Assert.Empty(ConfigurationValidator.Validate(EffectiveConfiguration.Default));

    [Theory]
    [InlineData("iptables: {masqueradeBit: 32}", "KubeProxyConfiguration.KubeProxyIPTablesConfiguration.MasqueradeBit: Invalid value: 32: must be within the range [0, 31]")]
    [InlineData("iptables: {masqueradeBit: -1}", "KubeProxyConfiguration.KubeProxyIPTablesConfiguration.MasqueradeBit: Invalid value: -1: must be within the range [0, 31]")]
    [InlineData("conntrack: {maxPerCore: -1}", Conntrack + "MaxPerCore: Invalid value: -1: must be greater than or equal to 0")]
    [InlineData("conntrack: {min: -1}", Conntrack + "Min: Invalid value: -1: must be greater than or equal to 0")]
    [InlineData("conntrack: {tcpEstablishedTimeout: -1s}", Conntrack + "TCPEstablishedTimeout: Invalid value: -1s: must be greater than or equal to 0")]
    [InlineData("conntrack: {tcpCloseWaitTimeout: -1s}", Conntrack + "TCPCloseWaitTimeout: Invalid value: -1s: must be greater than or equal to 0")]
    [InlineData("conntrack: {udpTimeout: -1s}", Conntrack + "UDPTimeout: Invalid value: -1s: must be greater than or equal to 0")]
    [InlineData("conntrack: {udpStreamTimeout: -1m}", Conntrack + "UDPStreamTimeout: Invalid value: -1m0s: must be greater than or equal to 0")]
    [InlineData("oomScoreAdj: 1001", Linux + "OOMScoreAdj: Invalid value: 1001: must be within the range [-1000, 1000]")]
    [InlineData("oomScoreAdj: -1001", Linux + "OOMScoreAdj: Invalid value: -1001: must be within the range [-1000, 1000]")]
    [InlineData("clientConnection: {burst: -1}", "KubeProxyConfiguration.ClientConnection.Burst: Invalid value: -1: must be greater than or equal to 0")]
    [InlineData("configSyncPeriod: -1s", "KubeProxyConfiguration.ConfigSyncPeriod: Invalid value: -1s: must be greater than 0")]
    [InlineData("iptables: {syncPeriod: -1s, minSyncPeriod: -2s}",
        "KubeProxyConfiguration.SyncPeriod: Invalid value: -1s: must be greater than 0",
        "KubeProxyConfiguration.MinSyncPeriod: Invalid value: -2s: must be greater than or equal to 0")]
    [InlineData("iptables: {minSyncPeriod: 1m}",
        "KubeProxyConfiguration.SyncPeriod: Invalid value: 30s: must be greater than or equal to KubeProxyConfiguration.MinSyncPeriod, 1m0s")]
    [InlineData("bindAddress: '[::]'", "KubeProxyConfiguration.BindAddress: Invalid value: \"[::]\": not a valid textual representation of an IP address")]
    [InlineData("healthzBindAddress: nonsense", "KubeProxyConfiguration.HealthzBindAddress: Invalid value: \"nonsense\": must be IP:port")]
    [InlineData("healthzBindAddress: 'host:1'", "KubeProxyConfiguration.HealthzBindAddress: Invalid value: \"host\": must be a valid IP")]
    [InlineData("metricsBindAddress: '1.2.3.4:65536'", "KubeProxyConfiguration.MetricsBindAddress: Invalid value: \"65536\": must be a valid port")]
    [InlineData("metricsBindAddress: '1.2.3.4:'", "KubeProxyConfiguration.MetricsBindAddress: Invalid value: \"\": must be a valid port")]
    [InlineData("nodePortAddresses: [10.0.0.0]", "KubeProxyConfiguration.NodePortAddresses[0]: Invalid value: \"10.0.0.0\": must be a valid CIDR")]
    [InlineData("nodePortAddresses: [10.0.0.0/8, primary]",
        "KubeProxyConfiguration.NodePortAddresses[1]: Invalid value: \"primary\": can't use both 'primary' and CIDRs")]
    [InlineData("showHiddenMetricsForVersion: '1.34'",
        "KubeProxyConfiguration.ShowHiddenMetricsForVersion: Invalid value: \"1.34\": must be omitted or have the value '1.35'; only the previous minor version is allowed")]
    [InlineData("detectLocalMode: BridgeInterface", Detect + "InterfaceName: Invalid value: \"\": must not be empty")]
    [InlineData("detectLocalMode: InterfaceNamePrefix", Detect + "InterfacePrefix: Invalid value: \"\": must not be empty")]
    [InlineData("clusterCIDR: 10.0.0.0/8,10.1.0.0/16", Detect + "ClusterCIDRs: Invalid value: [\"10.0.0.0/8\", \"10.1.0.0/16\"]: " + Pair)]
    [InlineData("clusterCIDR: a,b,c", Detect + "ClusterCIDRs: Invalid value: [\"a\", \"b\", \"c\"]: " + Pair)]
    [InlineData("clusterCIDR: '10.0.0.0/8,'", Detect + "ClusterCIDRs[1]: Invalid value: \"\": must be a valid CIDR block (e.g. 10.100.0.0/16 or fde4:8dba:82e1::/48)")]
    [InlineData("logging: {flushFrequency: -1s}", Logging + "flushFrequency: Invalid value: -1s: Must be greater than zero")]
    [InlineData("logging: {format: xml}", Logging + "format: Invalid value: \"xml\": Unsupported log format")]
    [InlineData("logging: {verbosity: 2147483648}", Logging + "verbosity: Invalid value: 2147483648: Must be <= 2147483647")]
    [InlineData("logging: {vmodule: [{filePattern: '', verbosity: 1}]}", Logging + "vmodule[0]: Required value: File pattern must not be empty")]
    [InlineData("logging: {vmodule: [{filePattern: 'a=b', verbosity: 1}]}",
        Logging + "vmodule[0]: Invalid value: \"a=b\": File pattern must not contain equal sign or comma")]
    [InlineData("logging: {format: json, vmodule: [{filePattern: a, verbosity: 1}]}", Logging + "vmodule: Forbidden: Only supported for text log format")]
    [InlineData("logging: {options: {text: {splitStream: true, infoBufferSize: 1}}}",
        Logging + "options.text.splitStream: Forbidden: Feature LoggingAlphaOptions is disabled",
        Logging + "options.text.infoBufferSize: Forbidden: Feature LoggingAlphaOptions is disabled")]
    [InlineData("featureGates: {LoggingAlphaOptions: true}\nlogging: {options: {text: {splitStream: true, infoBufferSize: 1}}}")]
    [InlineData("mode: ipvs\nipvs: {tcpTimeout: -1s, tcpFinTimeout: -1s, udpTimeout: -1s, excludeCIDRs: [a]}",
        Ipvs + "TCPTimeout: Invalid value: -1s: must be greater than or equal to 0", Ipvs + "TCPFinTimeout: Invalid value: -1s: must be greater than or equal to 0",
        Ipvs + "UDPTimeout: Invalid value: -1s: must be greater than or equal to 0", Ipvs + "ExcludeCidrs[0]: Invalid value: \"a\": must be a valid CIDR",
        "KubeProxyConfiguration.Mode.ProxyMode: Invalid value: \"ipvs\": not available in this build yet (available: iptables, nftables)")]
    public void What_cannot_be_is_said_with_kube_proxys_path_and_words(string fields, params string[] errors) =>
        Assert.Equal(errors, ConfigurationValidator.Validate(Decoding.Effective(fields)).Select(static error => error.ToString()));

    [Theory]
    [InlineData("ipvs: {tcpTimeout: -1s, excludeCIDRs: [a]}")]
    [InlineData("nftables: {masqueradeBit: 99}")]
    [InlineData("detectLocalMode: NodeCIDR\nclusterCIDR: nonsense")]
    [InlineData("clusterCIDR: fd00::/48,10.0.0.0/8")]
    [InlineData("nodePortAddresses: []")]
    [InlineData("showHiddenMetricsForVersion: '1.35'\nportRange: nonsense\nwinkernel: {sourceVip: x}")]
    [InlineData("bindAddress: 010.0.0.1")]
    public void What_the_mode_does_not_use_is_not_looked_at(string fields) => Assert.Empty(ConfigurationValidator.Validate(Decoding.Effective(fields)));

    [Fact]
    public void All_errors_are_reported_at_once_each_with_its_field()
    {
        var errors = ConfigurationValidator.Validate(Decoding.Effective(
            "mode: userspace\nfeatureGates: {X: true}\niptables: {masqueradeBit: 40}\noomScoreAdj: 5000\nbindAddress: x\ndetectLocalMode: y\nlogging: {format: z}\nshunt: {iptablesVariant: w}\n"));

        Assert.Equal(
            ["featureGates", "iptables.masqueradeBit", "oomScoreAdj", "mode", "bindAddress", "detectLocalMode", "logging.format", "shunt.iptablesVariant"],
            errors.Select(static error => error.Field));
    }
}
