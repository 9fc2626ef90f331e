using Shunt.Model;
using Shunt.Proxy.State;
using Shunt.Testing.Builders;
using static Shunt.Testing.Builders.Build;

namespace Shunt.Proxy.Tests.State;

/// <summary>Row 225 of 07.</summary>
public sealed class NodeInfoResolverTests
{
    [Theory]
    [InlineData("no addresses", "", "", "127.0.0.1", "::1", IpFamily.IPv4)]
    [InlineData("IPv4 only", "192.168.1.1", "", "192.168.1.1", "::1", IpFamily.IPv4)]
    [InlineData("IPv6 only", "fd00:4321::1", "", "127.0.0.1", "fd00:4321::1", IpFamily.IPv6)]
    [InlineData("both, IPv4 first", "192.168.1.1 fd00:4321::1", "", "192.168.1.1", "fd00:4321::1", IpFamily.IPv4)]
    [InlineData("both, IPv6 first", "fd00:4321::1 192.168.1.1", "", "192.168.1.1", "fd00:4321::1", IpFamily.IPv6)]
    [InlineData("the first of each family", "192.168.1.1 192.168.1.2 fd00::1 fd00::2", "", "192.168.1.1", "fd00::1", IpFamily.IPv4)]
    [InlineData("unspecified bind address", "192.168.1.1", "0.0.0.0", "192.168.1.1", "::1", IpFamily.IPv4)]
    [InlineData("unspecified IPv6 bind address", "192.168.1.1", "::", "192.168.1.1", "::1", IpFamily.IPv4)]
    [InlineData("bind address beats the object", "192.168.1.1", "10.0.0.1", "10.0.0.1", "::1", IpFamily.IPv4)]
    [InlineData("bind address of the other family", "192.168.1.1", "fd00::5", "192.168.1.1", "fd00::5", IpFamily.IPv6)]
    [InlineData("bind address alone", "", "fd00::5", "127.0.0.1", "fd00::5", IpFamily.IPv6)]
    public void Addresses_are_the_objects_unless_named(string why, string addresses, string bindAddress, string v4, string v6, IpFamily primary)
    {
        var node = new NodeBuilder("test-node").Addresses(addresses.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Object;
        IpAddr? bind = bindAddress.Length == 0 ? null : Ip(bindAddress);

        var info = NodeInfoResolver.Resolve("test-node", node, bind);

        Assert.Equal((why, Ip(v4), Ip(v6)), (why, info.IPv4, info.IPv6));
        Assert.Equal(primary, NodeInfoResolver.PrimaryFamily(node, bind));
    }

    [Fact]
    public void Zone_and_pod_networks_come_from_the_object()
    {
        var info = NodeInfoResolver.Resolve("test-node", new NodeBuilder("test-node").Zone("a").PodCidrs("10.0.1.0/24"), null);

        Assert.Equal(("test-node", "a"), (info.Name, info.Zone));
        Assert.Equal([IpPrefix.Parse("10.0.1.0/24")], info.PodCidrs);
    }

    [Fact]
    public void Without_an_object_the_node_has_only_a_name()
    {
        Assert.Equal(new NodeInfo { Name = "test-node" }, NodeInfoResolver.Resolve("test-node", null, null));
        Assert.Equal(IpFamily.IPv4, NodeInfoResolver.PrimaryFamily(null, null));
    }
}
