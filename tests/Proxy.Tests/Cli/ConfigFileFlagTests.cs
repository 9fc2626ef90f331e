using Shunt.Model;
using Shunt.Proxy.Options;
using Shunt.Proxy.Options.Configuration;
using Shunt.Testing;

namespace Shunt.Proxy.Tests.Cli;

/// <summary>--config, and what counts beside it.</summary>
public sealed class ConfigFileFlagTests : IDisposable
{
    private const string Header = "apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\n";

    private readonly CommandLineFixture _ = new();
    private readonly string _directory = Directory.CreateTempSubdirectory("shunt-config-").FullName;

    public void Dispose()
    {
        _.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task Kubeadms_ConfigMap_and_command_line_work_unchanged()
    {
        var file = Repository.PathOf("tests/Proxy.Tests/Data/kubeadm-config.conf");

        Assert.Equal(0, await _.InvokeAsync($"--config={file}", "--hostname-override=Node-1"));

        Assert.Empty(_.Errors);
        var options = _.Options;
        Assert.Equal("run", _.Called);
        Assert.Equal(("node-1", "/var/lib/kube-proxy/kubeconfig.conf", ""), (options.HostnameOverride, options.Kubeconfig, options.Master));
        Assert.Equal("10.244.0.0/16", Assert.Single(options.ClusterCidrs).ToString());
        Assert.Equal(("0.0.0.0:10256", "127.0.0.1:10249"), (options.HealthzBindAddress?.ToString(), options.MetricsBindAddress.ToString()));
        Assert.Equal((TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(1)), (options.SyncPeriod, options.MinSyncPeriod));
        Assert.Equal((14, true, -999), (options.MasqueradeBit, options.LocalhostNodePorts, options.OomScoreAdj));
        Assert.Equal(new ConntrackOptions(), options.Conntrack);
        Assert.Equal(file, options.ConfigFile?.Path);
        Assert.Equal(
            ["hostnameOverride", "clientConnection.kubeconfig", "clusterCIDR"],
            ConfigurationDiff.Between(EffectiveConfiguration.Default, options.Configuration)
                .Select(static change => change.Path).OrderBy(static path => path is "hostnameOverride" ? 0 : path is "clusterCIDR" ? 2 : 1));
    }

    [Fact]
    public async Task Only_some_flags_count_beside_a_file_and_the_others_are_named_in_one_line()
    {
        var file = Write("mode: iptables\nhostnameOverride: from-file\nlogging:\n  verbosity: 10\n  vmodule:\n  - filePattern: foo\n    verbosity: 6\n"
            + "iptables:\n  masqueradeBit: 3\nshunt:\n  iptablesVariant: legacy\n");

        Assert.Equal(0, await _.InvokeAsync(
            "--config", file, "-v=7", "--vmodule=goo=8", "--hostname-override=FLAG", "--master=https://m:1", "--log-flush-frequency=9s", "--once",
            "--shunt-iptables-variant=nft", "--proxy-mode=ipvs", "--iptables-masquerade-bit=9", "--healthz-port=0", "--feature-gates=Nonsense=true"));

        var options = _.Options;
        Assert.Equal((7, "goo=8,foo=6", TimeSpan.FromSeconds(9)), (options.Verbosity, options.Vmodule, options.LogFlushFrequency));
        Assert.Equal(("flag", "https://m:1", true), (options.HostnameOverride, options.Master, options.Once));
        Assert.Equal(IptablesVariantChoice.Nft, options.IptablesVariant);
        Assert.Equal((ProxyMode.Iptables, 3), (options.Mode, options.MasqueradeBit));
        Assert.NotNull(options.HealthzBindAddress);
        Assert.Contains(
            "\"These flags have no effect beside --config, as with kube-proxy\" flags=\"--feature-gates, --healthz-port, --proxy-mode, --iptables-masquerade-bit\"",
            Assert.Single(_.Errors, static line => line.Contains("no effect beside", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unknown_and_repeated_fields_are_warned_of_and_the_rest_counts()
    {
        var file = Write("bindAddress: 9.8.7.6\nfoo: bar\niptables:\n  masqueradeAl: true\n  masqueradeBit: 1\nbindAddress: 9.8.7.5\n");

        Assert.Equal(0, await _.InvokeAsync("--config", file));

        Assert.Equal(IpAddr.Parse("9.8.7.5"), _.Options.BindAddress);
        Assert.Equal(1, _.Options.MasqueradeBit);
        var line = Assert.Single(_.Errors);
        Assert.Contains("Using lenient decoding as strict decoding failed", line, StringComparison.Ordinal);
        Assert.Contains("unknown field \\\"foo\\\"", line, StringComparison.Ordinal);
        Assert.Contains("unknown field \\\"iptables.masqueradeAl\\\"", line, StringComparison.Ordinal);
        Assert.Contains("line 8: key \\\"bindAddress\\\" already set in map", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_errors_of_a_file_name_their_field_and_the_file()
    {
        var file = Write("mode: nftables\noomScoreAdj: 2000\nnftables:\n  masqueradeBit: 40\nnodePortAddresses: [everywhere]\n");

        Assert.Equal(1, await _.InvokeAsync("--config", file));

        Assert.Equal(
        [
            $"shunt: KubeProxyConfiguration.KubeProxyNFTablesConfiguration.MasqueradeBit: Invalid value: 40: must be within the range [0, 31] (nftables.masqueradeBit in {file})",
            $"shunt: KubeProxyConfiguration.KubeProxyLinuxConfiguration.OOMScoreAdj: Invalid value: 2000: must be within the range [-1000, 1000] (oomScoreAdj in {file})",
            $"shunt: KubeProxyConfiguration.NodePortAddresses[0]: Invalid value: \"everywhere\": must be a valid CIDR (nodePortAddresses in {file})",
        ], _.Errors);
    }

    [Fact]
    public async Task A_file_that_cannot_be_decoded_is_named()
    {
        var file = Write("bindAddress: ::\n");

        Assert.Equal(1, await _.InvokeAsync("--config", file));

        Assert.StartsWith($"shunt: {file}: failed to decode: yaml: line 3: ", Assert.Single(_.Errors), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_effective_configuration_is_written_and_reads_back_as_the_same()
    {
        var written = Path.Combine(_directory, "written.yaml");
        Assert.Equal(0, await _.InvokeAsync("--write-config-to", written, "--cluster-cidr=10.0.0.0/8", "--nodeport-addresses=primary", "--healthz-port=0"));

        Assert.Equal("", _.Called);
        Assert.Contains(_.Errors, line => line.EndsWith($"\"Wrote configuration\" file=\"{written}\"", StringComparison.Ordinal));
        Assert.Equal(0, await _.InvokeAsync("--config", written));
        Assert.Equal(await File.ReadAllTextAsync(written, TestContext.Current.CancellationToken), KubeProxyConfigurationYaml.ToText(_.Options.Configuration));
        Assert.Contains("healthzBindAddress: 0.0.0.0:10256\n", KubeProxyConfigurationYaml.ToText(_.Options.Configuration), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_cannot_be_written_is_an_error()
    {
        Assert.Equal(1, await _.InvokeAsync("--write-config-to=/no/such/directory/file"));

        Assert.StartsWith("shunt: --write-config-to: open /no/such/directory/file: ", Assert.Single(_.Errors), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cleanup_as_a_flag_is_the_command()
    {
        Assert.Equal(0, await _.InvokeAsync("--cleanup", "--shunt-iptables-variant=nft"));
        Assert.Equal("cleanup", _.Called);

        _.ExitCode = 1;
        Assert.Equal(1, await _.InvokeAsync("--cleanup"));
        Assert.Equal(["shunt: encountered an error while tearing down rules"], _.Errors);
    }

    [Fact]
    public async Task Manifests_can_be_tried_with_the_file_of_a_cluster()
    {
        var file = Write("clientConnection:\n  kubeconfig: /var/lib/kube-proxy/kubeconfig.conf\n");

        Assert.Equal(0, await _.InvokeAsync("plan", "--config", file, "--from=/dev"));
        Assert.Equal(1, await _.InvokeAsync("plan", "--kubeconfig=/k", "--from=/dev"));

        Assert.Equal(["shunt: --kubeconfig: \"/k\" cannot be used together with --from"], _.Errors);
    }

    [Fact]
    public async Task The_executable_works_under_kube_proxys_name()
    {
        var link = Path.Combine(_directory, "kube-proxy");
        File.CreateSymbolicLink(link, Path.Combine(AppContext.BaseDirectory, "shunt"));
        var written = Path.Combine(_directory, "effective.yaml");
        var kubeadm = Repository.PathOf("tests/Proxy.Tests/Data/kubeadm-config.conf");

        var result = await CommandRunner.RunAsync(
            link, [$"--config={kubeadm}", "--hostname-override=node-1", $"--write-config-to={written}"], null, TestContext.Current.CancellationToken);

        result.EnsureSuccess();
        Assert.EndsWith($"\"Wrote configuration\" file=\"{written}\"\n", result.Error, StringComparison.Ordinal);
        Assert.Contains("hostnameOverride: node-1\n", await File.ReadAllTextAsync(written, TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    private string Write(string fields)
    {
        var path = Path.Combine(_directory, "config.conf");
        File.WriteAllText(path, Header + fields);
        return path;
    }
}
