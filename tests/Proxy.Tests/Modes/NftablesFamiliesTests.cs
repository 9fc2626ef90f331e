using Microsoft.Extensions.Logging;
using Shunt.Model;
using Shunt.Proxy.Modes;
using Shunt.Proxy.Options;
using Shunt.Proxy.Options.Configuration;
using Shunt.Proxy.Sync;
using Shunt.Testing.Builders;
using Shunt.Testing.Logging;
using static Shunt.Testing.Builders.Build;

namespace Shunt.Proxy.Tests.Modes;

/// <summary>nftables mode as far as it needs no kernel.</summary>
public sealed class NftablesFamiliesTests : ILoggerFactory
{
    private readonly RecordingLogger _log = new();

    [Theory]
    [InlineData(IpFamily.IPv4)]
    [InlineData(IpFamily.IPv6)]
    public async Task Against_an_empty_kernel_both_families_are_planned_the_primary_first(IpFamily primary)
    {
        using var families = NftablesFamilies.WithoutKernel(Options(), this);

        var dataplanes = families.Create(ClusterStateExtensions.TestNode, primary, prepare: false);

        Assert.Equal((2, primary), (dataplanes.Length, dataplanes[0].Family));
        Assert.All(dataplanes, static dataplane => Assert.Equal("nftables", dataplane.Name));
        var cluster = ClusterStateExtensions.NewCluster().Put(Svc("ns/web").ClusterIp("10.96.0.1", "fd00::1").Port(80).Object);
        foreach (var dataplane in dataplanes)
        {
            var plan = await dataplane.PlanAsync(cluster.Snapshot(dataplane.Family), TestContext.Current.CancellationToken);
            Assert.Contains(plan.Changes, static change => change.Service == "ns/web/TCP");
        }
    }

    [Theory]
    [InlineData("127.0.0.0/8", 1)]
    [InlineData("127.0.0.0/8,::1/128", 2)]
    [InlineData("192.0.2.0/24", 0)]
    [InlineData("0.0.0.0/0", 0)]
    [InlineData("", 0)]
    public void Node_ports_at_loopback_addresses_are_an_error_that_stops_nothing(string cidrs, int errors)
    {
        using var families = NftablesFamilies.WithoutKernel(Options(cidrs), this);

        families.Create(ClusterStateExtensions.TestNode, IpFamily.IPv4, prepare: true);

        Assert.Equal(errors, _log.Count("\"--nodeport-addresses includes localhost but localhost NodePorts are not supported\""));
    }

    [Theory]
    [InlineData("nftables", "192.0.2.1")]
    [InlineData("iptables", "127.0.0.1 192.0.2.1")]
    public void Node_ports_at_loopback_addresses_are_not_served(string mode, string served)
    {
        var options = Options("127.0.0.0/8,192.0.2.0/24") with { Mode = ProxyModes.Parse(mode)!.Value };
        var view = NodeView.Of("test-node", options, ClusterStateExtensions.NewCluster(), static () => [Ip("127.0.0.1"), Ip("192.0.2.1")]);

        Assert.Equal(served, string.Join(' ', view.NodePorts(view.Current(), IpFamily.IPv4).Addresses));
    }

    [Fact]
    public void A_configuration_for_the_other_family_is_an_error()
    {
        var options = Options() with { DetectLocalMode = DetectLocalMode.NodeCidr };
        using var families = NftablesFamilies.WithoutKernel(options, this);

        Assert.Throws<ConfigurationException>(() =>
            families.Create(ClusterStateExtensions.TestNode with { PodCidrs = [IpPrefix.Parse("fd00:1::/64")] }, IpFamily.IPv4, prepare: false));
    }

    ILogger ILoggerFactory.CreateLogger(string categoryName) => _log;

    void ILoggerFactory.AddProvider(ILoggerProvider provider)
    {
    }

    void IDisposable.Dispose()
    {
    }

    private static ShuntOptions Options(string nodePorts = "") => new()
    {
        Mode = ProxyMode.Nftables,
        NodePortAddresses = new NodePortNetworks(false, [.. nodePorts.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(static cidr => IpPrefix.Parse(cidr))]),
    };
}
