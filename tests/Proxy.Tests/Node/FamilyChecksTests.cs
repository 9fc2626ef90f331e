using System.Collections.Immutable;
using System.Net;
using Shunt.Model;
using Shunt.Proxy.Node;
using Shunt.Proxy.Options;

namespace Shunt.Proxy.Tests.Node;

/// <summary>The wordings are kube-proxy's: people search for them.</summary>
public sealed class FamilyChecksTests
{
    private const string Unset =
        "nodePortAddresses is unset; NodePort connections will be accepted on all local IPs. Consider using `--nodeport-addresses primary`";

    private static readonly NodeInfo Single = new() { Name = "n", IPv4 = IpAddr.Parse("192.0.2.1") };
    private static readonly NodeInfo Dual = Single with { IPv6 = IpAddr.Parse("2001:db8::1") };

    [Theory]
    [InlineData("", "", Unset)]
    [InlineData("192.0.2.0/24", "", null)]
    [InlineData("192.0.2.0/24,2001:db8::/64", "10.0.0.0/8,fd00::/48", null)]
    [InlineData("192.0.2.0/24", "10.0.0.0/8,fd00::/48",
        "cluster appears to be dual-stack but nodePortAddresses contains only IPv4 addresses; NodePort connections will be accepted on all local IPv6 IPs")]
    [InlineData("2001:db8::/64", "",
        "cluster appears to be IPv4-primary but nodePortAddresses contains only IPv6 addresses; NodePort connections will be accepted on all local IPv4 IPs")]
    [InlineData("2001:db8::/64", "10.0.0.0/8,fd00::/48",
        "cluster appears to be IPv4-primary but nodePortAddresses contains only IPv6 addresses; NodePort connections will be accepted on all local IPv4 IPs")]
    public void Node_ports_served_more_widely_than_it_looks_are_worth_a_warning(string nodePorts, string clusterCidrs, string? warning)
    {
        var options = new ShuntOptions { NodePortAddresses = new NodePortNetworks(false, Cidrs(nodePorts)), ClusterCidrs = Cidrs(clusterCidrs) };

        var findings = FamilyChecks.Check(options, Dual, IpFamily.IPv4, dualStack: true);

        Assert.Equal(warning is null ? [] : [warning], findings.Warnings);
        Assert.Empty(findings.Errors);
    }

    [Theory]
    [InlineData("192.0.2.1", "2001:db8::1", null)]
    [InlineData("127.0.0.1", "::1", Unset)] // an unknown node: primary is everywhere
    [InlineData("192.0.2.1", "::1",
        "cluster appears to be dual-stack but nodePortAddresses contains only IPv4 addresses; NodePort connections will be accepted on all local IPv6 IPs")]
    public void Primary_is_checked_as_what_it_stands_for(string v4, string v6, string? warning)
    {
        var options = new ShuntOptions { NodePortAddresses = new NodePortNetworks(true, []), ClusterCidrs = Cidrs("10.0.0.0/8,fd00::/48") };
        var node = new NodeInfo { Name = "n", IPv4 = IpAddr.Parse(v4), IPv6 = IpAddr.Parse(v6) };

        Assert.Equal(warning is null ? [] : [warning], FamilyChecks.Check(options, node, IpFamily.IPv4, dualStack: true).Warnings);
    }

    [Fact]
    public void Servers_at_addresses_of_a_family_that_is_not_there_are_named_together()
    {
        var options = Primary with
        {
            HealthzBindAddress = new IPEndPoint(IPAddress.Parse("2001:db8::1"), 10256),
            MetricsBindAddress = new IPEndPoint(IPAddress.IPv6Loopback, 10249),
        };

        Assert.Equal(
            ["[cluster is IPv4-only but healthzBindAddress is IPv6, cluster is IPv4-only but metricsBindAddress is IPv6]"],
            FamilyChecks.Check(options, Single, IpFamily.IPv4, dualStack: false).Warnings);
        Assert.Empty(FamilyChecks.Check(options, Dual, IpFamily.IPv4, dualStack: true).Warnings);
        var everywhere = options with { HealthzBindAddress = new IPEndPoint(IPAddress.IPv6Any, 1), MetricsBindAddress = new IPEndPoint(IPAddress.Loopback, 2) };
        Assert.Empty(FamilyChecks.Check(everywhere, Single, IpFamily.IPv4, dualStack: false).Warnings);
    }

    [Fact]
    public void What_is_fatal_takes_the_other_findings_with_it()
    {
        var options = Primary with { ClusterCidrs = Cidrs("fd00::/48") };
        var node = Single with { PodCidrs = Cidrs("fd00:1::/64") };

        var findings = FamilyChecks.Check(options, node, IpFamily.IPv4, dualStack: false);

        Assert.Equal(
            ["kube-proxy configuration is incorrect: [cluster is IPv4-only but clusterCIDRs contains only IPv6 addresses, "
                + "cluster is IPv4-only but node.spec.podCIDRs contains only IPv6 addresses]"],
            findings.Errors);
    }

    [Theory]
    [InlineData("NodeCidr", 1, 0)]
    [InlineData("BridgeInterface", 0, 1)]
    public void Pod_networks_of_the_other_family_are_fatal_only_where_they_are_used(string mode, int errors, int warnings)
    {
        var findings = FamilyChecks.Check(
            Primary with { DetectLocalMode = Enum.Parse<DetectLocalMode>(mode) }, Dual with { PodCidrs = Cidrs("fd00:1::/64") }, IpFamily.IPv4, dualStack: true);

        Assert.Equal((errors, warnings), (findings.Errors.Length, findings.Warnings.Length));
        Assert.Contains(
            "cluster is IPv4-primary but node.spec.podCIDRs contains only IPv6 addresses", findings.Errors.Concat(findings.Warnings).Single(), StringComparison.Ordinal);
    }

    private static ShuntOptions Primary => new() { NodePortAddresses = new NodePortNetworks(true, []) };

    private static ImmutableArray<IpPrefix> Cidrs(string list) =>
        [.. list.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(static cidr => IpPrefix.Parse(cidr))];
}
