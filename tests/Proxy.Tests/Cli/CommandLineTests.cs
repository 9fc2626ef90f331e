using Shunt.Model;
using Shunt.Proxy.Cli;
using Shunt.Proxy.Options;
using Shunt.Proxy.Options.Configuration;

namespace Shunt.Proxy.Tests.Cli;

public sealed class CommandLineTests : IDisposable
{
    private readonly CommandLineFixture _ = new();

    public void Dispose() => _.Dispose();

    [Fact]
    public async Task Without_arguments_it_runs_with_the_defaults()
    {
        Assert.Equal(0, await _.InvokeAsync());

        var defaults = new ShuntOptions();
        Assert.Equal("run", _.Called);
        Assert.Equal(
            defaults with
            {
                IsModeDefault = true,
                ClusterCidrs = _.Options.ClusterCidrs,
                NodePortAddresses = _.Options.NodePortAddresses,
                Configuration = _.Options.Configuration,
                Flags = _.Options.Flags,
                GivenFlags = _.Options.GivenFlags,
                Warnings = _.Options.Warnings,
            },
            _.Options);
        Assert.Empty(_.Options.ClusterCidrs);
        Assert.Empty(_.Options.NodePortAddresses.Cidrs);
        Assert.Empty(ConfigurationDiff.Between(defaults.Configuration, _.Options.Configuration));
        Assert.Empty(_.Options.GivenFlags);
        Assert.Empty(_.Errors);
    }

    [Fact]
    public async Task kube_proxys_command_line_works_without_a_command()
    {
        Assert.Equal(0, await _.InvokeAsync(
            "--proxy-mode=iptables", "--hostname-override", "Node-1", "--kubeconfig=/k", "--master", "https://m:6443", "--bind-address=10.9.8.7",
            "--cluster-cidr=10.0.0.0/8,fd00::/48", "--detect-local-mode=ClusterCIDR", "--masquerade-all", "--iptables-masquerade-bit=7",
            "--nodeport-addresses=10.1.0.0/16,192.0.2.0/24", "--nodeport-addresses", "fd00:1::/64", "--iptables-sync-period=1m",
            "--iptables-min-sync-period=500ms", "--iptables-localhost-nodeports=false", "--config-sync-period=5m", "-v=2", "--logging-format=json"));

        var options = _.Options;
        Assert.Equal("run", _.Called);
        Assert.Equal(ProxyMode.Iptables, options.Mode);
        Assert.Equal("node-1", options.HostnameOverride);
        Assert.Equal(("/k", "https://m:6443"), (options.Kubeconfig, options.Master));
        Assert.Equal(IpAddr.Parse("10.9.8.7"), options.BindAddress);
        Assert.Equal("10.0.0.0/8 fd00::/48", string.Join(' ', options.ClusterCidrs));
        Assert.True(options.MasqueradeAll);
        Assert.Equal(7, options.MasqueradeBit);
        Assert.Equal("10.1.0.0/16 192.0.2.0/24 fd00:1::/64", string.Join(' ', options.NodePortAddresses.Cidrs));
        Assert.Equal(TimeSpan.FromMinutes(1), options.SyncPeriod);
        Assert.Equal(TimeSpan.FromMilliseconds(500), options.MinSyncPeriod);
        Assert.False(options.LocalhostNodePorts);
        Assert.Equal(TimeSpan.FromMinutes(5), options.ConfigSyncPeriod);
        Assert.Equal(2, options.Verbosity);
        Assert.Equal(LoggingFormat.Json, options.LoggingFormat);
    }

    [Theory]
    [InlineData("--masquerade-all", true)]
    [InlineData("--masquerade-all=true", true)]
    [InlineData("--masquerade-all=false", false)]
    [InlineData("--masquerade-all=T", true)]
    [InlineData("--masquerade-all=0", false)]
    [InlineData("--masquerade-all false", false)]
    [InlineData("--masquerade-all true", true)]
    [InlineData("--masquerade-all --once", true)]
    [InlineData("--masquerade-all=false --masquerade-all", true)]
    [InlineData("--masquerade_all", true)]
    public async Task A_Boolean_flag_takes_its_value_in_every_usual_way(string args, bool value)
    {
        Assert.Equal(0, await _.InvokeAsync(args.Split(' ')));

        Assert.Equal(value, _.Options.MasqueradeAll);
    }

    [Theory]
    [InlineData("-v=4")]
    [InlineData("-v4")]
    [InlineData("-v 4")]
    [InlineData("--v=4")]
    [InlineData("--v 4")]
    [InlineData("run -v 2 -v 4")]
    public async Task Verbosity_can_be_written_in_every_usual_way(string args)
    {
        Assert.Equal(0, await _.InvokeAsync(args.Split(' ')));

        Assert.Equal(4, _.Options.Verbosity);
    }

    [Fact]
    public async Task The_last_of_a_repeated_flag_wins()
    {
        await _.InvokeAsync("--proxy-mode=ipvs", "--proxy-mode=iptables", "--hostname-override=a", "--hostname-override=b");

        Assert.Equal(ProxyMode.Iptables, _.Options.Mode);
        Assert.Equal("b", _.Options.HostnameOverride);
    }

    [Fact]
    public async Task Empty_values_mean_the_defaults()
    {
        Assert.Equal(0, await _.InvokeAsync("--proxy-mode=", "--detect-local-mode=", "--hostname-override=", "--bind-address", "", "--cluster-cidr="));

        Assert.Equal(ProxyMode.Iptables, _.Options.Mode);
        Assert.Equal(DetectLocalMode.ClusterCidr, _.Options.DetectLocalMode);
        Assert.True(_.Options.BindAddress.IsUnspecified);
    }

    [Fact]
    public async Task Node_ports_at_the_primary_addresses_only()
    {
        await _.InvokeAsync("--nodeport-addresses=primary");

        Assert.True(_.Options.NodePortAddresses.Primary);
    }

    [Theory]
    [InlineData("--nodeport-addresses=primary,10.0.0.0/8",
        "KubeProxyConfiguration.NodePortAddresses[0]: Invalid value: \"primary\": can't use both 'primary' and CIDRs (--nodeport-addresses)")]
    [InlineData("--proxy-mode=userspace",
        "KubeProxyConfiguration.Mode.ProxyMode: Invalid value: \"userspace\": must be iptables, ipvs, nftables or blank (blank means the best-available proxy [currently iptables]) (--proxy-mode)")]
    [InlineData("--proxy-mode=ipvs",
        "KubeProxyConfiguration.Mode.ProxyMode: Invalid value: \"ipvs\": not available in this build yet (available: iptables, nftables) (--proxy-mode)")]
    [InlineData("--detect-local-mode=Magic",
        "KubeProxyConfiguration.DetectLocalMode: Unsupported value: \"Magic\": supported values: \"ClusterCIDR\", \"NodeCIDR\", \"BridgeInterface\", \"InterfaceNamePrefix\", \"\" (--detect-local-mode)")]
    [InlineData("--iptables-masquerade-bit=x", "--iptables-masquerade-bit: \"x\" is not a whole number")]
    [InlineData("--iptables-sync-period=30", "--iptables-sync-period: \"30\" has no unit after 30 (like 30s)")]
    [InlineData("--bind-address=1.2.3", "--bind-address: \"1.2.3\" is not an IP address")]
    [InlineData("--masquerade-all=maybe", "--masquerade-all: \"maybe\" is neither true nor false")]
    [InlineData("--shunt-iptables-dispatch=hash",
        "KubeProxyConfiguration.shunt.iptablesDispatch: Unsupported value: \"hash\": supported values: \"auto\", \"linear\", \"tree\" (--shunt-iptables-dispatch)")]
    [InlineData("--shunt-iptables-writer=pen",
        "KubeProxyConfiguration.shunt.iptablesWriter: Unsupported value: \"pen\": supported values: \"auto\", \"direct\", \"restore\" (--shunt-iptables-writer)")]
    [InlineData("--shunt-iptables-variant=best",
        "KubeProxyConfiguration.shunt.iptablesVariant: Unsupported value: \"best\": supported values: \"auto\", \"nft\", \"legacy\" (--shunt-iptables-variant)")]
    [InlineData("--cluster-cidr=10.0.0.0/33",
        "KubeProxyConfiguration.DetectLocalConfiguration.ClusterCIDRs[0]: Invalid value: \"10.0.0.0/33\": must be a valid CIDR block (e.g. 10.100.0.0/16 or fde4:8dba:82e1::/48) (--cluster-cidr)")]
    [InlineData("--from=/no/such", "--from: \"/no/such\": no such file or directory")]
    [InlineData("--frobnicate=1", "unknown flag: --frobnicate")]
    [InlineData("--enable-dsr", "unknown flag: --enable-dsr")]
    [InlineData("--feature-gates=Nonsense=true",
        "KubeProxyConfiguration.featureGates: Invalid value: map[Nonsense:true]: unrecognized feature gate: Nonsense (--feature-gates)")]
    [InlineData("--feature-gates=NFTablesProxyMode=false",
        "KubeProxyConfiguration.featureGates: Invalid value: map[NFTablesProxyMode:false]: cannot set feature gate NFTablesProxyMode to false, feature is locked to true (--feature-gates)")]
    [InlineData("--feature-gates=AllAlpha", "--feature-gates: \"AllAlpha\" is not a pair like AllAlpha=false")]
    [InlineData("--metrics-port=0",
        "KubeProxyConfiguration.MetricsBindAddress: Invalid value: \"\": must be IP:port (--metrics-port)")]
    [InlineData("--metrics-bind-address=1.2.3.4:0",
        "KubeProxyConfiguration.MetricsBindAddress: Invalid value: \"0\": must be a valid port (--metrics-bind-address)")]
    [InlineData("--healthz-bind-address=fd00::5:x", "--healthz-bind-address: \"fd00::5:x\" is neither an IP address nor one with a port")]
    [InlineData("--healthz-bind-address=localhost:1", "--healthz-bind-address: \"localhost\" is not an IP address")]
    [InlineData("--healthz-bind-address=[fd00::5]:70000", "--healthz-bind-address: \"70000\" is not a port")]
    [InlineData("--kube-api-qps=fast", "--kube-api-qps: \"fast\" is not a number")]
    [InlineData("-v=-1", "--v: \"-1\" is not a whole number from 0 on")]
    [InlineData("--vmodule=proxier", "--vmodule: \"proxier\" does not have the pattern=N format")]
    [InlineData("--vmodule=proxier=4 --logging-format=json", "KubeProxyConfiguration.logging.vmodule: Forbidden: Only supported for text log format (--vmodule)")]
    [InlineData("--log-text-info-buffer-size=1.5x", "--log-text-info-buffer-size: \"1.5x\" is not a quantity (like 512, 64Ki or 1M)")]
    [InlineData("--log-json-split-stream",
        "KubeProxyConfiguration.logging.options.json.splitStream: Forbidden: Feature LoggingAlphaOptions is disabled (--log-json-split-stream)")]
    [InlineData("--config=/no/such/file", "--config: open /no/such/file: no such file or directory")]
    [InlineData("--version=next", "--version: \"next\" is none of true, false, raw")]
    [InlineData("sing",
        "\"kube-proxy\" does not take any arguments, got [\"sing\"] (commands are run, plan, cleanup, demo, config, version, and come first)")]
    [InlineData("--masquerade-all sing along",
        "\"kube-proxy\" does not take any arguments, got [\"sing\" \"along\"] (commands are run, plan, cleanup, demo, config, version, and come first)")]
    [InlineData("plan --output=yaml", "--output: \"yaml\" is none of text, json, restore")]
    [InlineData("plan --against=wall", "--against: \"wall\" is none of kernel, empty")]
    public async Task What_is_wrong_is_one_clear_line_and_exit_code_1(string args, string line)
    {
        Assert.Equal(1, await _.InvokeAsync(args.Split(' ')));

        Assert.Equal("", _.Called);
        Assert.Equal([$"shunt: {line}"], _.Errors);
        Assert.Equal("", _.Output.ToString());
    }

    [Fact]
    public async Task A_flag_without_its_value_is_named()
    {
        Assert.Equal(1, await _.InvokeAsync("run", "--kubeconfig"));

        Assert.Contains("--kubeconfig", Assert.Single(_.Errors), StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_that_is_wrong_is_said_at_once()
    {
        await _.InvokeAsync("--proxy-mode=ipvs", "--iptables-masquerade-bit=40", "--bind-address=x", "--config-sync-period=-1s", "--oom-score-adj=1001");

        Assert.Equal(5, _.Errors.Length);
    }

    [Fact]
    public async Task Cluster_CIDRs_are_not_looked_at_when_they_are_not_used()
    {
        Assert.Equal(0, await _.InvokeAsync("--detect-local-mode=NodeCIDR", "--cluster-cidr=nonsense"));

        Assert.Equal(DetectLocalMode.NodeCidr, _.Options.DetectLocalMode);
    }

    [Fact]
    public async Task A_plan_is_against_the_kernel_and_as_text_unless_asked_otherwise()
    {
        await _.InvokeAsync("plan", "--from=/dev");
        Assert.Equal(new PlanRequest(PlanAgainst.Kernel, PlanOutput.Text), _.Request);

        await _.InvokeAsync("plan", "--from", "/dev", "--against", "empty", "-o", "restore");
        Assert.Equal(new PlanRequest(PlanAgainst.Empty, PlanOutput.Restore), _.Request);
        Assert.Equal("/dev", _.Options.From);
    }

    [Theory]
    [InlineData("run")]
    [InlineData("cleanup")]
    [InlineData("demo")]
    public async Task Each_command_calls_its_function(string command)
    {
        Assert.Equal(0, await _.InvokeAsync(command));
        Assert.Equal(command, _.Called);
    }

    [Fact]
    public async Task Version_is_printed()
    {
        Assert.Equal(0, await _.InvokeAsync("--version"));
        Assert.Matches(@"^Kubernetes v1\.36\.\d+ \(shunt \d+\.\d+\.\d+\)\n$", _.Output.ToString());
    }

    [Theory]
    [InlineData("--config=/no/such --version")]
    [InlineData("version")]
    [InlineData("--version=true")]
    public async Task Version_is_printed_whatever_else_is_said(string args)
    {
        Assert.Equal(0, await _.InvokeAsync(args.Split(' ')));
        Assert.StartsWith("Kubernetes v1.36.", _.Output.ToString(), StringComparison.Ordinal);
        Assert.Equal("", _.Called);
    }

    [Fact]
    public async Task The_raw_version_has_its_parts()
    {
        Assert.Equal(0, await _.InvokeAsync("--version=raw"));
        Assert.Matches("^version.Info{Major:\"1\", Minor:\"36\", GitVersion:\"v1.36", _.Output.ToString());
    }

    [Fact]
    public async Task The_version_can_be_declined()
    {
        Assert.Equal(0, await _.InvokeAsync("--version=false"));
        Assert.Equal("run", _.Called);
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("run --help")]
    [InlineData("plan -h")]
    public async Task Help_is_printed_without_running_anything(string args)
    {
        Assert.Equal(0, await _.InvokeAsync(args.Split(' ')));

        Assert.Equal("", _.Called);
        Assert.Contains("Usage:", _.Output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_flag_has_its_help_with_type_and_default()
    {
        Assert.Equal(0, await _.InvokeAsync("run", "--help"));

        var help = _.Output.ToString();
        Assert.All(AgentFlags.All, flag => Assert.NotEmpty(flag.Help));
        Assert.All(
            AgentFlags.All.Where(static flag => flag.Deprecated.Length == 0),
            flag => Assert.Contains($"  {(flag.Name == "--v" ? "-v" : flag.Name)} <", help, StringComparison.Ordinal));
        Assert.Contains("(default -999)", help, StringComparison.Ordinal);
    }
}
