using Shunt.Proxy.Cli;
using Shunt.Proxy.Options.Configuration;

namespace Shunt.Proxy.Tests.Cli;

public sealed class AgentFlagsTests : IDisposable
{
    private readonly CommandLineFixture _ = new();

    public void Dispose() => _.Dispose();

    /// <summary>Every flag with a value that is not its default, where it ends up in the file, and as what.</summary>
    public static TheoryData<string, string, string> FlagsWithFields => new()
    {
        { "--feature-gates=AllowServiceExternalIPs=false", "featureGates.AllowServiceExternalIPs", "false" },
        { "--oom-score-adj=17", "oomScoreAdj", "17" },
        { "--kubeconfig=/k", "clientConnection.kubeconfig", "/k" },
        { "--kube-api-content-type=application/json", "clientConnection.contentType", "application/json" },
        { "--kube-api-burst=100", "clientConnection.burst", "100" },
        { "--kube-api-qps=7.5", "clientConnection.qps", "7.5" },
        { "--config-sync-period=1h", "configSyncPeriod", "1h0m0s" },
        { "--hostname-override=Node-A", "hostnameOverride", "node-a" },
        { "--bind-address=fd00::1", "bindAddress", "fd00::1" },
        { "--bind-address-hard-fail", "bindAddressHardFail", "true" },
        { "--healthz-bind-address=fd00::5", "healthzBindAddress", "'[fd00::5]:10256'" },
        { "--healthz-bind-address=1.2.3.4:5", "healthzBindAddress", "1.2.3.4:5" },
        { "--healthz-port=0", "healthzBindAddress", "\"\"" },
        { "--metrics-bind-address=0.0.0.0", "metricsBindAddress", "0.0.0.0:10249" },
        { "--profiling", "enableProfiling", "true" },
        { "--show-hidden-metrics-for-version=1.35", "showHiddenMetricsForVersion", "\"1.35\"" },
        { "--iptables-masquerade-bit=5", "iptables.masqueradeBit", "5" },
        { "--masquerade-all", "iptables.masqueradeAll", "true" },
        { "--iptables-localhost-nodeports=false", "iptables.localhostNodePorts", "false" },
        { "--iptables-sync-period=36s", "iptables.syncPeriod", "36s" },
        { "--iptables-min-sync-period=3s", "iptables.minSyncPeriod", "3s" },
        { "--ipvs-scheduler=lc", "ipvs.scheduler", "lc" },
        { "--ipvs-exclude-cidrs=10.0.0.0/8,fd00::/48", "ipvs.excludeCIDRs", "[\"10.0.0.0/8\",\"fd00::/48\"]" },
        { "--ipvs-strict-arp", "ipvs.strictARP", "true" },
        { "--ipvs-tcp-timeout=1s", "ipvs.tcpTimeout", "1s" },
        { "--ipvs-tcpfin-timeout=2s", "ipvs.tcpFinTimeout", "2s" },
        { "--ipvs-udp-timeout=3s", "ipvs.udpTimeout", "3s" },
        { "--detect-local-mode=NodeCIDR", "detectLocalMode", "NodeCIDR" },
        { "--pod-bridge-interface=cni0", "detectLocal.bridgeInterface", "cni0" },
        { "--pod-interface-name-prefix=veth", "detectLocal.interfaceNamePrefix", "veth" },
        { "--cluster-cidr=10.0.0.0/8", "clusterCIDR", "10.0.0.0/8" },
        { "--nodeport-addresses=primary", "nodePortAddresses", "[\"primary\"]" },
        { "--conntrack-max-per-core=0", "conntrack.maxPerCore", "0" },
        { "--conntrack-min=1", "conntrack.min", "1" },
        { "--conntrack-tcp-timeout-established=0", "conntrack.tcpEstablishedTimeout", "0s" },
        { "--conntrack-tcp-timeout-close-wait=1m", "conntrack.tcpCloseWaitTimeout", "1m0s" },
        { "--conntrack-tcp-be-liberal", "conntrack.tcpBeLiberal", "true" },
        { "--conntrack-udp-timeout=30s", "conntrack.udpTimeout", "30s" },
        { "--conntrack-udp-timeout-stream=2m", "conntrack.udpStreamTimeout", "2m0s" },
        { "--v=5", "logging.verbosity", "5" },
        { "--vmodule=proxier=4,sync*=2", "logging.vmodule", "[{\"filePattern\":\"proxier\",\"verbosity\":4},{\"filePattern\":\"sync*\",\"verbosity\":2}]" },
        { "--logging-format=json", "logging.format", "json" },
        { "--log-flush-frequency=1s", "logging.flushFrequency", "1s" },
        { "--shunt-iptables-variant=nft", "shunt.iptablesVariant", "nft" },
        { "--shunt-iptables-writer=restore", "shunt.iptablesWriter", "restore" },
        { "--shunt-iptables-dispatch=tree", "shunt.iptablesDispatch", "tree" },
    };

    [Theory]
    [MemberData(nameof(FlagsWithFields))]
    public async Task A_flag_sets_its_field_and_nothing_else(string flag, string path, string value)
    {
        Assert.Equal(0, await _.InvokeAsync(flag));

        var change = Assert.Single(ConfigurationDiff.Between(EffectiveConfiguration.Default, _.Options.Configuration));
        Assert.Equal((path, value), (change.Path, change.New));
    }

    /// <summary>With the gate that they need.</summary>
    [Theory]
    [InlineData("--log-text-split-stream", "logging.options.text.splitStream", "true")]
    [InlineData("--log-text-info-buffer-size=64Ki", "logging.options.text.infoBufferSize", "64Ki")]
    [InlineData("--log-json-split-stream", "logging.options.json.splitStream", "true")]
    [InlineData("--log-json-info-buffer-size=1M", "logging.options.json.infoBufferSize", "1M")]
    public async Task Flags_for_alpha_logging_work_with_their_gate(string flag, string path, string value)
    {
        Assert.Equal(0, await _.InvokeAsync(flag, "--feature-gates=LoggingAlphaOptions=true"));

        Assert.Contains(
            ConfigurationDiff.Between(EffectiveConfiguration.Default, _.Options.Configuration), change => (change.Path, change.New) == (path, value));
    }

    [Fact]
    public void Every_flag_of_a_field_is_tried_above()
    {
        var tried = FlagsWithFields.Select(static row => row.Data.Item1.Split('=')[0]).ToHashSet();
        string[] elsewhere =
        [
            "--proxy-mode", "--metrics-port", "--ipvs-sync-period", "--ipvs-min-sync-period", "--log-text-split-stream", "--log-text-info-buffer-size",
            "--log-json-split-stream", "--log-json-info-buffer-size",
        ];

        Assert.Equal(
            AgentFlags.All.Where(static flag => flag.Field.Length > 0).Select(static flag => flag.Name).Order(StringComparer.Ordinal),
            tried.Concat(elsewhere).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Flags_that_are_in_no_file_reach_the_options()
    {
        Assert.Equal(0, await _.InvokeAsync("--init-only", "--master=https://m:6443", "--boot-id-file=/b", "--machine-id-file=/m", "--once=false"));

        Assert.True(_.Options.InitOnly);
        Assert.Equal("https://m:6443", _.Options.Master);
        Assert.Equal(["--boot-id-file", "--init-only", "--machine-id-file", "--master", "--once"], _.Options.GivenFlags);
        Assert.Contains("settings=[\"--boot-id-file\",\"--machine-id-file\"]", Assert.Single(_.Errors), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_field_that_a_flag_names_is_one()
    {
        var fields = KubeProxyConfigurationSchema.Schema.Paths.ToHashSet();

        Assert.All(AgentFlags.All.Where(static flag => flag.Field.Length > 0), flag => Assert.Contains(flag.Field, fields));
    }

    [Fact]
    public async Task The_values_of_all_flags_are_listed_by_name_as_kube_proxy_prints_them()
    {
        await _.InvokeAsync("--nodeport-addresses=10.0.0.0/8,primary", "--proxy-mode=nftables", "--iptables-sync-period=60s", "--profiling");
        Assert.Empty(_.Called);
        await _.InvokeAsync("--nodeport-addresses=10.0.0.0/8,fd00::/48", "--iptables-sync-period=60s", "--profiling", "--vmodule=a=1,b=2");

        var flags = _.Options.Flags.ToDictionary(static flag => flag.Name, static flag => flag.Value);
        Assert.Equal(AgentFlags.All.Length, flags.Count);
        Assert.Equal(_.Options.Flags.Select(static flag => flag.Name).Order(StringComparer.Ordinal), _.Options.Flags.Select(static flag => flag.Name));
        Assert.Equal("[10.0.0.0/8,fd00::/48]", flags["nodeport-addresses"]);
        Assert.Equal(("1m0s", "1s", "30s"), (flags["iptables-sync-period"], flags["iptables-min-sync-period"], flags["ipvs-sync-period"]));
        Assert.Equal(("true", "false", "-999", "5", "a=1,b=2"), (flags["profiling"], flags["version"], flags["oom-score-adj"], flags["kube-api-qps"], flags["vmodule"]));
        Assert.Equal(("0.0.0.0:10256", "[]", "1h0m0s"), (flags["healthz-bind-address"], flags["ipvs-exclude-cidrs"], flags["conntrack-tcp-timeout-close-wait"]));
    }

    [Theory]
    [InlineData("--bind-address=10.0.0.1 --bind-address=", "bindAddress: 0.0.0.0 -> 10.0.0.1")]
    [InlineData("--healthz-bind-address= --metrics-bind-address=", "")]
    [InlineData("--healthz-bind-address=1.2.3.4 --healthz-port=12345", "healthzBindAddress: 0.0.0.0:10256 -> 1.2.3.4:12345")]
    [InlineData("--healthz-bind-address=1.2.3.4:5 --healthz-port=12345", "healthzBindAddress: 0.0.0.0:10256 -> 1.2.3.4:5")]
    [InlineData("--healthz-port=12345", "")]
    [InlineData("--bind-address=::", "bindAddress: 0.0.0.0 -> '::'")]
    public async Task Oddities_of_kube_proxys_addresses_are_kept(string args, string changes)
    {
        Assert.Equal(0, await _.InvokeAsync(args.Split(' ')));

        Assert.Equal(changes, string.Join('\n', ConfigurationDiff.Between(EffectiveConfiguration.Default, _.Options.Configuration)));
    }

    [Fact]
    public async Task The_health_server_is_switched_off_by_port_0_and_that_flag_is_deprecated()
    {
        Assert.Equal(0, await _.InvokeAsync("--healthz-port=0"));

        Assert.Null(_.Options.HealthzBindAddress);
        Assert.Contains("Flag --healthz-port has been deprecated", Assert.Single(_.Errors), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Options_carry_what_the_agent_works_with()
    {
        Assert.Equal(0, await _.InvokeAsync(
            "--feature-gates=AllowServiceExternalIPs=false,LoggingAlphaOptions=true", "--oom-score-adj=5", "--vmodule=a=1", "--log-text-split-stream",
            "--log-text-info-buffer-size=2Ki", "--log-flush-frequency=2s", "--show-hidden-metrics-for-version=1.35", "--conntrack-min=7",
            "--healthz-bind-address=[fd00::5]:99"));

        var options = _.Options;
        Assert.False(options.AllowServiceExternalIPs);
        Assert.Equal((5, "a=1", true, 2048L), (options.OomScoreAdj, options.Vmodule, options.LogSplitStream, options.LogInfoBufferSize));
        Assert.Equal((TimeSpan.FromSeconds(2), true, 7), (options.LogFlushFrequency, options.ShowHiddenMetrics, options.Conntrack.Min));
        Assert.Equal("[fd00::5]:99", options.HealthzBindAddress?.ToString());
    }
}
