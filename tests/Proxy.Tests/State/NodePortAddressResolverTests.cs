using Shunt.Model;
using Shunt.Proxy.Options;
using Shunt.Proxy.State;
using Shunt.Testing.Builders;
using static Shunt.Testing.Builders.Build;

namespace Shunt.Proxy.Tests.State;

/// <summary>01 section 8.</summary>
public sealed class NodePortAddressResolverTests
{
    private static readonly IpAddr[] Machine =
        [Ip("127.0.0.1"), Ip("::1"), Ip("192.168.1.2"), Ip("192.168.0.2"), Ip("2001:db8::1"), Ip("192.168.0.2"), Ip("fe80::1")];

    [Theory]
    [InlineData(IpFamily.IPv4, "", "all")]
    [InlineData(IpFamily.IPv4, "192.168.0.0/16", "192.168.0.2 192.168.1.2")]
    [InlineData(IpFamily.IPv4, "127.0.0.0/8,192.168.0.0/24", "127.0.0.1 192.168.0.2")]
    [InlineData(IpFamily.IPv4, "10.0.0.0/8", "")]
    [InlineData(IpFamily.IPv4, "10.0.0.0/8,0.0.0.0/0", "all")]
    [InlineData(IpFamily.IPv4, "2001:db8::/64", "all")]
    [InlineData(IpFamily.IPv6, "192.168.0.0/16", "all")]
    [InlineData(IpFamily.IPv6, "192.168.0.0/16,2001:db8::/64", "2001:db8::1")]
    [InlineData(IpFamily.IPv6, "::/0", "all")]
    [InlineData(IpFamily.IPv4, "primary", "192.168.0.2")]
    [InlineData(IpFamily.IPv6, "primary", "2001:db8::1")]
    public void Addresses_are_those_of_the_machine_in_the_networks(IpFamily family, string setting, string expected)
    {
        var resolved = NodePortAddressResolver.Resolve(family, Parse(setting), ClusterStateExtensions.TestNode, Machine);

        Assert.Equal(expected, resolved.MatchesAll ? "all" : string.Join(' ', resolved.Addresses));
    }

    [Fact]
    public void Primary_of_a_node_whose_address_is_not_known_is_every_address()
        => Assert.True(NodePortAddressResolver.Resolve(IpFamily.IPv4, Parse("primary"), new NodeInfo { Name = "n" }, Machine).MatchesAll);

    [Theory]
    [InlineData("", true)]
    [InlineData("primary", false)]
    [InlineData("127.0.0.1/32", true)]
    [InlineData("127.0.0.0/8", true)]
    [InlineData("126.0.0.0/7", true)]
    [InlineData("192.168.0.0/16", false)]
    [InlineData("192.168.0.0/16,0.0.0.0/0", true)]
    [InlineData("::1/128", true)] // it leaves IPv4 open
    [InlineData("192.168.0.0/16,::1/128", false)]
    public void Localhost_counts_when_a_network_holds_it(string setting, bool contains)
        => Assert.Equal(contains, NodePortAddressResolver.ContainsIPv4Loopback(Parse(setting), ClusterStateExtensions.TestNode));

    private static NodePortNetworks Parse(string setting) => setting switch
    {
        "" => NodePortNetworks.Everywhere,
        "primary" => new NodePortNetworks(true, []),
        _ => new NodePortNetworks(false, [.. setting.Split(',').Select(static c => IpPrefix.Parse(c))]),
    };
}
