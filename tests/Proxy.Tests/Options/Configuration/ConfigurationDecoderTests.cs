using System.Text;
using Shunt.Proxy.Options.Configuration;

namespace Shunt.Proxy.Tests.Options.Configuration;

public sealed class ConfigurationDecoderTests
{
    [Fact]
    public void Every_kind_of_value_is_read()
    {
        var config = Decoding.Fields(
            """
            featureGates: {AllAlpha: true}
            clientConnection: {qps: 7.5, burst: 100, kubeconfig: /k}
            logging:
              flushFrequency: 1000000000
              vmodule: [{filePattern: foo, verbosity: 6}]
              options: {text: {splitStream: true, infoBufferSize: 1Ki}}
            bindAddressHardFail: yes
            enableProfiling: "off" # a string
            """.Replace("enableProfiling: \"off\" # a string", "enableProfiling: on", StringComparison.Ordinal)
            + "\niptables: {masqueradeBit: 0, localhostNodePorts: false, syncPeriod: 1h2m3s}\nnodePortAddresses: [10.20.30.40/16, 'fd00:1::0/64']\noomScoreAdj: -5\nconntrack:\n  tcpEstablishedTimeout: 0s\n").Value;

        Assert.NotNull(config);
        Assert.True(config.FeatureGates["AllAlpha"]);
        Assert.Equal((7.5f, 100, "/k"), (config.ClientConnection.Qps, config.ClientConnection.Burst, config.ClientConnection.Kubeconfig));
        Assert.Equal(new FlushFrequency(TimeSpan.FromSeconds(1), false), config.Logging.FlushFrequency);
        Assert.Equal("foo=6", Assert.Single(config.Logging.VModule).ToString());
        Assert.Equal((true, "1Ki"), (config.Logging.Text.SplitStream, config.Logging.Text.InfoBufferSize));
        Assert.Equal((true, true), (config.BindAddressHardFail, config.EnableProfiling));
        Assert.Equal((0, false, new TimeSpan(1, 2, 3)), (config.IPTables.MasqueradeBit, config.IPTables.LocalhostNodePorts, config.IPTables.SyncPeriod));
        Assert.Equal(["10.20.30.40/16", "fd00:1::0/64"], config.NodePortAddresses);
        Assert.Equal(-5, config.OOMScoreAdj);
        Assert.Equal((TimeSpan.Zero, null), (config.Conntrack.TcpEstablishedTimeout, config.Conntrack.TcpCloseWaitTimeout));
    }

    [Theory]
    [InlineData("{\"apiVersion\":\"kubeproxy.config.k8s.io/v1alpha1\",\"kind\":\"KubeProxyConfiguration\",\"mode\":\"ipvs\"}")]
    [InlineData("\uFEFF{\n\t\"kind\": \"KubeProxyConfiguration\",\n\t\"apiVersion\": \"kubeproxy.config.k8s.io/v1alpha1\",\n\t\"mode\": \"ipvs\"\n}\n")]
    [InlineData("{apiVersion: kubeproxy.config.k8s.io/v1alpha1, kind: KubeProxyConfiguration, mode: ipvs}")]
    [InlineData("# comment\n---\napiVersion: &v kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\nmode: ipvs\nportRange: *v\n")]
    public void Both_notations_are_read(string text)
    {
        var decoded = ConfigurationDecoder.Decode(Encoding.UTF8.GetBytes(text));

        Assert.Equal(("", ""), (decoded.Error, decoded.StrictError));
        Assert.Equal("ipvs", decoded.Value?.Mode);
    }

    [Theory]
    [InlineData("foo: bar\n", "unknown field \"foo\"")]
    [InlineData("Mode: ipvs\n", "unknown field \"Mode\"")]
    [InlineData("iptables: {masqueradeAl: true}\nconntrack: {max: 1}\n", "unknown field \"iptables.masqueradeAl\", unknown field \"conntrack.max\"")]
    [InlineData("logging: {vmodule: [{file: a}]}\n", "unknown field \"logging.vmodule[0].file\"")]
    [InlineData("mode: a\nmode: iptables\n", "line 4: key \"mode\" already set in map")]
    [InlineData("---\nmore: 1\n", "line 3: only the first document counts")]
    public void What_only_a_strict_reader_minds_is_named_and_read_over(string fields, string problem)
    {
        var decoded = Decoding.Fields(fields);

        Assert.Equal("strict decoding error: " + problem, decoded.StrictError);
        Assert.Equal("", decoded.Error);
        Assert.NotNull(decoded.Value);
    }

    [Fact]
    public void Of_a_repeated_field_the_last_counts_in_JSON_too()
    {
        var decoded = ConfigurationDecoder.Decode(
            "{\"apiVersion\":\"kubeproxy.config.k8s.io/v1alpha1\",\"kind\":\"KubeProxyConfiguration\",\"mode\":\"a\",\"mode\":\"b\"}"u8);

        Assert.Equal(("strict decoding error: duplicate field \"mode\"", "b"), (decoded.StrictError, decoded.Value?.Mode));
    }

    [Theory]
    [InlineData("hostnameOverride: 123", "hostnameOverride: 123 is not a string (put it in quotes)")]
    [InlineData("iptables: {masqueradeBit: x}", "iptables.masqueradeBit: \"x\" is not a whole number of 32 bits")]
    [InlineData("iptables: {masqueradeBit: 99999999999}", "iptables.masqueradeBit: 99999999999 is not a whole number of 32 bits")]
    [InlineData("iptables: {syncPeriod: 30}", "iptables.syncPeriod: 30 is not a duration (like 30s, 100ms or 1h5m)")]
    [InlineData("iptables: {syncPeriod: 30x}", "iptables.syncPeriod: \"30x\" has the unknown unit \"x\" (known are ns, us, ms, s, m, h)")]
    [InlineData("iptables: [1]", "iptables: is not a section with fields")]
    [InlineData("nodePortAddresses: 10.0.0.0/8", "nodePortAddresses: \"10.0.0.0/8\" is not a list")]
    [InlineData("nodePortAddresses: [1]", "nodePortAddresses[0]: 1 is not a string (put it in quotes)")]
    [InlineData("bindAddressHardFail: maybe", "bindAddressHardFail: \"maybe\" is neither true nor false")]
    [InlineData("featureGates: {A: 1}", "featureGates.A: 1 is neither true nor false")]
    [InlineData("featureGates: A=true", "featureGates: is not a section of names with true or false")]
    [InlineData("logging: {verbosity: -1}", "logging.verbosity: -1 is not a whole number from 0 to 4294967295")]
    [InlineData("logging: {vmodule: a=1}", "logging.vmodule: is not a list")]
    [InlineData("logging: {options: {json: {infoBufferSize: many}}}", "logging.options.json.infoBufferSize: \"many\" is not a quantity (like 512, 64Ki or 1M)")]
    [InlineData("clientConnection: {qps: '5'}", "clientConnection.qps: \"5\" is not a number")]
    [InlineData("mode: {a: 1}\noomScoreAdj: a", "mode: a section with fields is not a string (put it in quotes); oomScoreAdj: \"a\" is not a whole number of 32 bits")]
    public void Values_of_the_wrong_kind_are_named_all_at_once(string fields, string problem)
    {
        var decoded = Decoding.Fields(fields);

        Assert.Equal("failed to decode: " + problem, decoded.Error);
        Assert.Null(decoded.Value);
    }

    [Theory]
    [InlineData("", "failed to decode: the file is empty")]
    [InlineData("# nothing\n", "failed to decode: the file is empty")]
    [InlineData("text", "failed to decode: the file is not a section with fields")]
    [InlineData("apiVersion: kubeproxy.config.k8s.io/v1alpha1\n", "failed to decode: Object 'Kind' is missing")]
    [InlineData("kind: KubeProxyConfiguration\n", "failed to decode: Object 'apiVersion' is missing")]
    [InlineData("apiVersion: v1\nkind: Pod\n",
        "got unexpected config type: v1, Kind=Pod (wanted kubeproxy.config.k8s.io/v1alpha1, Kind=KubeProxyConfiguration)")]
    [InlineData("apiVersion: kubeproxy.config.k8s.io/v1beta1\nkind: KubeProxyConfiguration\n",
        "got unexpected config type: kubeproxy.config.k8s.io/v1beta1, Kind=KubeProxyConfiguration (wanted kubeproxy.config.k8s.io/v1alpha1, Kind=KubeProxyConfiguration)")]
    public void A_file_of_another_kind_is_refused(string text, string problem) =>
        Assert.Equal(problem, ConfigurationDecoder.Decode(Encoding.UTF8.GetBytes(text)).Error);

    [Theory]
    [InlineData("bindAddress: ::\n", "failed to decode: yaml: line 3: ")]
    [InlineData("mode: [a\n", "failed to decode: yaml: line ")]
    [InlineData("mode: *nowhere\n", "failed to decode: yaml: line 3: ")]
    [InlineData("? [a]\n: b\n", "failed to decode: yaml: ")]
    public void What_is_not_YAML_is_named_with_its_line(string fields, string problem) =>
        Assert.StartsWith(problem, Decoding.Fields(fields).Error, StringComparison.Ordinal);

    [Fact]
    public void Nothing_that_may_be_in_a_file_is_a_crash()
    {
        byte[][] files =
        [
            [0xff, 0xfe, 0x00],
            Encoding.UTF8.GetBytes(Decoding.Header + "mode: " + new string('[', 100_000)),
            Encoding.UTF8.GetBytes("{\"apiVersion\":\"kubeproxy.config.k8s.io/v1alpha1\",\"kind\":\"KubeProxyConfiguration\",\"mode\":\"\\ud800\"}"),
            Encoding.UTF8.GetBytes(Decoding.Header + "a: &a [*a]\n"),
        ];

        Assert.All(files, static file => Assert.StartsWith("failed to decode: ", ConfigurationDecoder.Decode(file).Error, StringComparison.Ordinal));
    }
}
