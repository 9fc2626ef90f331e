using Shunt.Model;
using Shunt.Proxy.Options;

namespace Shunt.Proxy.Tests.Options;

public sealed class OptionsValidatorTests
{
    [Fact]
    public void The_defaults_are_kube_proxys_and_valid()
    {
        var options = new ShuntOptions();

        Assert.Empty(OptionsValidator.Validate(options));
        Assert.Equal(14, options.MasqueradeBit);
        Assert.Equal(TimeSpan.FromSeconds(30), options.SyncPeriod);
        Assert.Equal(TimeSpan.FromSeconds(1), options.MinSyncPeriod);
        Assert.Equal(TimeSpan.FromMinutes(15), options.ConfigSyncPeriod);
        Assert.Equal(DetectLocalMode.ClusterCidr, options.DetectLocalMode);
        Assert.True(options.LocalhostNodePorts);
        Assert.True(options.BindAddress.IsUnspecified);
    }

    [Fact]
    public void All_errors_are_reported_at_once_each_with_flag_and_value()
    {
        var errors = OptionsValidator.Validate(new ShuntOptions
        {
            Mode = ProxyMode.Ipvs,
            HostnameOverride = "  ",
            MasqueradeBit = 32,
            SyncPeriod = TimeSpan.Zero,
            MinSyncPeriod = TimeSpan.FromSeconds(-1),
            ConfigSyncPeriod = TimeSpan.FromSeconds(-2),
            DetectLocalMode = DetectLocalMode.BridgeInterface,
            From = "x",
            Master = "https://y",
        });

        Assert.Equal(
        [
            "--proxy-mode: \"ipvs\" is not available in this build yet; iptables is",
            "--hostname-override: \"  \": empty hostname-override is invalid",
            "--master: \"https://y\" cannot be used together with --from",
            "--iptables-sync-period: 0s is not greater than 0",
            "--iptables-min-sync-period: -1s is less than 0",
            "--config-sync-period: -2s is not greater than 0",
            "--pod-bridge-interface: \"\" must not be empty with --detect-local-mode=BridgeInterface",
            "--iptables-masquerade-bit: 32 is not within the range [0, 31]",
        ], errors);
    }

    [Fact]
    public void A_minimum_longer_than_the_sync_period_is_an_error() =>
        Assert.Equal(
            ["--iptables-sync-period: 30s is less than --iptables-min-sync-period, 1m0s"],
            OptionsValidator.Validate(new ShuntOptions { MinSyncPeriod = TimeSpan.FromMinutes(1) }));

    [Theory]
    [InlineData("10.0.0.0/8", true)]
    [InlineData("10.0.0.0/8,fd00::/48", true)]
    [InlineData("fd00::/48,10.0.0.0/8", true)]
    [InlineData("10.0.0.0/8,10.1.0.0/16", false)]
    [InlineData("10.0.0.0/8,fd00::/48,10.1.0.0/16", false)]
    public void Cluster_CIDRs_are_one_or_a_dual_stack_pair(string text, bool valid)
    {
        var options = new ShuntOptions { ClusterCidrs = [.. text.Split(',').Select(static cidr => IpPrefix.Parse(cidr))] };

        Assert.Equal(valid, OptionsValidator.Validate(options).IsEmpty);
        Assert.Empty(OptionsValidator.Validate(options with { DetectLocalMode = DetectLocalMode.NodeCidr }));
    }

    [Fact]
    public void An_interface_prefix_is_needed_where_it_is_used() =>
        Assert.Equal(
            ["--pod-interface-name-prefix: \"\" must not be empty with --detect-local-mode=InterfaceNamePrefix"],
            OptionsValidator.Validate(new ShuntOptions { DetectLocalMode = DetectLocalMode.InterfaceNamePrefix }));

    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    public void Every_bit_of_the_mark_can_be_the_masquerade_bit(int bit) =>
        Assert.Empty(OptionsValidator.Validate(new ShuntOptions { MasqueradeBit = bit }));
}
