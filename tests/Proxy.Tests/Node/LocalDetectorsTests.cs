using System.Collections.Immutable;
using Shunt.Model;
using Shunt.Proxy.Node;
using Shunt.Proxy.Options;

namespace Shunt.Proxy.Tests.Node;

public sealed class LocalDetectorsTests
{
    private static readonly NodeInfo Node = new()
    {
        Name = "n",
        IPv4 = IpAddr.Parse("192.0.2.1"),
        IPv6 = IpAddr.Parse("2001:db8::1"),
        PodCidrs = Cidrs("fd00:7::/64", "10.7.0.0/24", "10.8.0.0/24"),
    };

    [Fact]
    public void By_cluster_CIDR_the_first_of_each_family_counts()
    {
        var chosen = LocalDetectors.Choose(new ShuntOptions { ClusterCidrs = Cidrs("10.0.0.0/8", "fd00::/48") }, Node);

        Assert.Equal(LocalDetector.ByCidr(IpPrefix.Parse("10.0.0.0/8")), chosen[IpFamily.IPv4]);
        Assert.Equal(LocalDetector.ByCidr(IpPrefix.Parse("fd00::/48")), chosen[IpFamily.IPv6]);
    }

    [Fact]
    public void By_node_CIDR_the_nodes_networks_count()
    {
        var chosen = LocalDetectors.Choose(new ShuntOptions { DetectLocalMode = DetectLocalMode.NodeCidr }, Node);

        Assert.Equal(LocalDetector.ByCidr(IpPrefix.Parse("10.7.0.0/24")), chosen[IpFamily.IPv4]);
        Assert.Equal(LocalDetector.ByCidr(IpPrefix.Parse("fd00:7::/64")), chosen[IpFamily.IPv6]);
    }

    [Fact]
    public void Missing_data_of_a_family_means_not_to_tell()
    {
        var chosen = LocalDetectors.Choose(new ShuntOptions { ClusterCidrs = Cidrs("fd00::/48") }, Node);

        Assert.False(chosen[IpFamily.IPv4].IsImplemented);
        Assert.True(chosen[IpFamily.IPv6].IsImplemented);
    }

    [Fact]
    public void By_interface_both_families_use_the_same()
    {
        var bridge = LocalDetectors.Choose(
            new ShuntOptions { DetectLocalMode = DetectLocalMode.BridgeInterface, PodBridgeInterface = "cni0" }, Node);
        var prefix = LocalDetectors.Choose(
            new ShuntOptions { DetectLocalMode = DetectLocalMode.InterfaceNamePrefix, PodInterfaceNamePrefix = "veth" }, Node);

        Assert.Equal((LocalDetector.ByBridge("cni0"), LocalDetector.ByBridge("cni0")), (bridge.IPv4, bridge.IPv6));
        Assert.Equal((LocalDetector.ByInterfacePrefix("veth"), LocalDetector.ByInterfacePrefix("veth")), (prefix.IPv4, prefix.IPv6));
    }

    [Theory]
    [InlineData(false, 1, 0)]
    [InlineData(true, 0, 1)]
    public void Cluster_CIDRs_of_the_other_family_only_are_fatal_unless_dual_stack(bool dualStack, int errors, int warnings)
    {
        var options = new ShuntOptions { ClusterCidrs = Cidrs("fd00::/48"), NodePortAddresses = new NodePortNetworks(true, []) };

        var findings = FamilyChecks.Check(options, Node, IpFamily.IPv4, dualStack);

        Assert.Equal((errors, warnings), (findings.Errors.Length, findings.Warnings.Length));
        Assert.All(findings.Errors, static text => Assert.StartsWith("kube-proxy configuration is incorrect: ", text, StringComparison.Ordinal));
        Assert.All(findings.Warnings, static text => Assert.StartsWith("cluster is IPv4-primary but clusterCIDR", text, StringComparison.Ordinal));
    }

    [Fact]
    public void Pod_CIDRs_of_the_other_family_only_are_always_fatal()
    {
        var options = new ShuntOptions { DetectLocalMode = DetectLocalMode.NodeCidr };

        Assert.Single(FamilyChecks.Check(options, Node with { PodCidrs = Cidrs("fd00::/64") }, IpFamily.IPv4, dualStack: true).Errors);
        Assert.Empty(FamilyChecks.Check(options, Node, IpFamily.IPv4, dualStack: true).Errors);
    }

    [Fact]
    public void Node_ports_served_everywhere_are_worth_a_warning() =>
        Assert.Contains(
            "nodePortAddresses is unset", Assert.Single(FamilyChecks.Check(new ShuntOptions(), Node, IpFamily.IPv4, true).Warnings), StringComparison.Ordinal);

    private static ImmutableArray<IpPrefix> Cidrs(params string[] cidrs) => [.. cidrs.Select(static cidr => IpPrefix.Parse(cidr))];
}
