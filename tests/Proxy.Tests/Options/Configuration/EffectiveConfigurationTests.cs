using System.Text.Json;
using Shunt.Proxy.Options;
using Shunt.Proxy.Options.Configuration;
using Shunt.Testing;

namespace Shunt.Proxy.Tests.Options.Configuration;

/// <summary>Defaults, what counts in which mode, and the way out again.</summary>
public sealed class EffectiveConfigurationTests
{
    [Fact]
    public void The_defaults_are_written_as_kube_proxy_writes_them() =>
        Assert.Equal(
            File.ReadAllText(Repository.PathOf("tests/Proxy.Tests/Data/default-config.yaml")),
            KubeProxyConfigurationYaml.ToText(EffectiveConfiguration.Default));

    [Theory]
    [InlineData("", "0.0.0.0:10256 127.0.0.1:10249")]
    [InlineData("bindAddress: 10.0.0.1", "0.0.0.0:10256 127.0.0.1:10249")]
    [InlineData("bindAddress: 'fd00::1'", "[::]:10256 [::1]:10249")]
    [InlineData("healthzBindAddress: 1.2.3.4\nmetricsBindAddress: 'fd00::5'", "1.2.3.4:10256 [fd00::5]:10249")]
    [InlineData("healthzBindAddress: 1.2.3.4:5\nmetricsBindAddress: '[fd00::5]:6'", "1.2.3.4:5 [fd00::5]:6")]
    [InlineData("healthzBindAddress: nonsense", "nonsense 127.0.0.1:10249")]
    public void Addresses_get_their_family_and_port(string fields, string addresses)
    {
        var config = Decoding.Effective(fields);

        Assert.Equal(addresses, $"{config.HealthzBindAddress} {config.MetricsBindAddress}");
    }

    [Fact]
    public void Zero_means_not_set_except_where_null_does()
    {
        var config = Decoding.Effective(
            "configSyncPeriod: 0s\niptables: {minSyncPeriod: 0s, masqueradeBit: 0, localhostNodePorts: false}\nclientConnection: {qps: 0, burst: 0}\n"
            + "conntrack: {maxPerCore: 0, min: 0, tcpEstablishedTimeout: 0s}\noomScoreAdj: 0\nlogging: {flushFrequency: 0, format: ''}\n");

        Assert.Equal((TimeSpan.FromMinutes(15), TimeSpan.FromSeconds(1)), (config.ConfigSyncPeriod, config.MinSyncPeriod));
        Assert.Equal((5f, 10), (config.ClientConnection.Qps, config.ClientConnection.Burst));
        Assert.Equal((0, false, 0), (config.IPTables.MasqueradeBit, config.IPTables.LocalhostNodePorts, config.OOMScoreAdj));
        Assert.Equal((0, 0, TimeSpan.Zero), (config.Conntrack.MaxPerCore, config.Conntrack.Min, config.Conntrack.TcpEstablishedTimeout));
        Assert.Equal(("text", new FlushFrequency(TimeSpan.FromSeconds(5), true)), (config.Logging.Format, config.Logging.FlushFrequency));
    }

    [Theory]
    [InlineData("", "30s 1s False iptables 30s/1s 0s/0s 0s/0s")]
    [InlineData("mode: iptables", "30s 1s False iptables 30s/1s 0s/0s 0s/0s")]
    [InlineData("mode: ipvs", "30s 0s False ipvs 0s/0s 30s/0s 0s/0s")]
    [InlineData("mode: nftables", "30s 1s False nftables 0s/0s 0s/0s 30s/1s")]
    [InlineData("mode: ipvs\nipvs: {syncPeriod: 7s, minSyncPeriod: 2s}\niptables: {syncPeriod: 9s, masqueradeAll: true}", "7s 2s True ipvs 0s/0s 7s/2s 0s/0s")]
    [InlineData("mode: nftables\nnftables: {syncPeriod: 7s, minSyncPeriod: 2s, masqueradeAll: true}", "7s 2s True nftables 0s/0s 0s/0s 7s/2s")]
    [InlineData("mode: nftables\niptables: {masqueradeAll: true}", "30s 1s False nftables 0s/0s 0s/0s 30s/1s")]
    public void The_mode_says_whose_periods_count_and_the_others_are_zero(string fields, string expected)
    {
        var c = Decoding.Effective(fields);
        string[] periods =
        [
            .. new[] { c.SyncPeriod, c.MinSyncPeriod, c.IPTables.SyncPeriod, c.IPTables.MinSyncPeriod, c.IPVS.SyncPeriod, c.IPVS.MinSyncPeriod, c.NFTables.SyncPeriod, c.NFTables.MinSyncPeriod }
                .Select(GoDuration.Format),
        ];

        Assert.Equal(expected, $"{periods[0]} {periods[1]} {c.MasqueradeAll} {c.Mode} {periods[2]}/{periods[3]} {periods[4]}/{periods[5]} {periods[6]}/{periods[7]}");
    }

    [Fact]
    public void Node_ports_are_at_the_primary_addresses_in_nftables_mode_unless_something_is_said()
    {
        Assert.Equal(["primary"], Decoding.Effective("mode: nftables").NodePortAddresses);
        Assert.Equal(["primary"], Decoding.Effective("mode: nftables\nnodePortAddresses: []").NodePortAddresses);
        Assert.Equal(["0.0.0.0/0"], Decoding.Effective("mode: nftables\nnodePortAddresses: [0.0.0.0/0]").NodePortAddresses);
        Assert.True(Decoding.Effective("mode: iptables").NodePortAddresses.IsDefault);
    }

    [Fact]
    public void Configz_has_the_names_and_order_of_kube_proxys_type()
    {
        using var document = JsonDocument.Parse(KubeProxyConfigurationJson.ToConfigz(EffectiveConfiguration.Default));
        var config = Assert.Single(document.RootElement.EnumerateObject());
        Assert.Equal("kubeproxy.config.k8s.io", config.Name);
        Assert.Equal(
            "kind apiVersion clientConnection logging hostnameOverride bindAddress healthzBindAddress metricsBindAddress bindAddressHardFail enableProfiling "
            + "showHiddenMetricsForVersion mode iptables ipvs nftables winkernel detectLocalMode detectLocal clusterCIDR nodePortAddresses oomScoreAdj conntrack "
            + "configSyncPeriod portRange",
            string.Join(' ', config.Value.EnumerateObject().Select(static field => field.Name)));
        Assert.Equal("{\"networkName\":\"\",\"sourceVip\":\"\",\"enableDSR\":false,\"rootHnsEndpointName\":\"\",\"forwardHealthCheckVip\":false}",
            config.Value.GetProperty("winkernel").GetRawText());
    }

    [Fact]
    public void Kubeadms_file_comes_to_the_defaults_but_for_what_it_says()
    {
        var decoded = ConfigurationDecoder.Decode(File.ReadAllBytes(Repository.PathOf("tests/Proxy.Tests/Data/kubeadm-config.conf")));
        Assert.Equal(("", ""), (decoded.Error, decoded.StrictError));

        var effective = EffectiveConfiguration.Of(ConfigurationDefaults.Apply(decoded.Value!)); // no error, so there is a value

        Assert.Equal(
            ["clientConnection.kubeconfig: \"\" -> /var/lib/kube-proxy/kubeconfig.conf", "clusterCIDR: \"\" -> 10.244.0.0/16"],
            ConfigurationDiff.Between(EffectiveConfiguration.Default, effective).Select(static change => change.ToString()));
        Assert.Empty(ConfigurationValidator.Validate(effective));
    }

    [Fact]
    public void Recorded_files_are_read_strictly_and_have_no_error_but_their_mode()
    {
        var files = Directory.GetFiles(Repository.GoldenOrSkip("variants"), "*.kube-proxy-config.yaml").Append(Repository.GoldenOrSkip("kube-proxy-config.yaml")).ToList();
        Assert.True(files.Count > 10);
        Assert.All(files, static file =>
        {
            var decoded = ConfigurationDecoder.Decode(File.ReadAllBytes(file));
            Assert.Equal(("", ""), (decoded.Error, decoded.StrictError));
            var effective = EffectiveConfiguration.Of(ConfigurationDefaults.Apply(decoded.Value!)); // no error, so there is a value
            Assert.DoesNotContain(ConfigurationValidator.Validate(effective), static error => error.Field != "mode");
            Assert.Equal(TimeSpan.FromMilliseconds(1), effective.MinSyncPeriod);
            Assert.Equal("peer-node", effective.HostnameOverride);
        });
    }
}
