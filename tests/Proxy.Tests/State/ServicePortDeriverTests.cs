using System.Collections.Immutable;
using Shunt.Model;
using Shunt.Proxy.State;
using static Shunt.Testing.Builders.Build;

namespace Shunt.Proxy.Tests.State;

/// <summary>Rows 146 to 160 of 07, as far as they are about one Service.</summary>
public sealed class ServicePortDeriverTests
{
    [Fact]
    public void A_headless_service_means_nothing() // row 147
        => Assert.Empty(Derive(Svc("ns/headless").Port(80)));

    [Fact]
    public void A_service_without_ports_means_nothing() // row 147
        => Assert.Empty(Derive(Svc("ns/empty").ClusterIp("172.16.55.4")));

    [Fact]
    public void Each_port_is_a_service_port() // row 148
    {
        var ports = Derive(Svc("ns/dns").ClusterIp("172.16.55.4").Port(1234, "something", Protocol.Udp).Port(1235, "somethingelse", Protocol.Udp));

        Assert.Equal([(Spn("ns/dns:something", Protocol.Udp), (ushort)1234), (Spn("ns/dns:somethingelse", Protocol.Udp), (ushort)1235)], ports.Select(static p => (p.Name, p.Port)));
    }

    [Fact]
    public void One_name_with_two_protocols_is_two_service_ports()
        => Assert.Equal([Protocol.Tcp, Protocol.Udp], Derive(Svc("ns/dns").ClusterIp("10.0.0.1").Port(53, "dns").Port(53, "dns", Protocol.Udp)).Select(static p => p.Name.Protocol));

    [Fact]
    public void The_last_of_two_ports_with_one_name_counts()
    {
        var ports = Derive(Svc("ns/odd").ClusterIp("10.0.0.1").Port(1, "a").Port(2, "b").Port(3, "a"));

        Assert.Equal([("a", (ushort)3), ("b", (ushort)2)], ports.Select(static p => (p.Name.Port, p.Port)));
    }

    [Theory]
    [InlineData(nameof(ServiceType.NodePort))] // row 149
    [InlineData(nameof(ServiceType.LoadBalancer))] // row 150
    [InlineData(nameof(ServiceType.ClusterIP))] // the type does not matter
    public void Node_ports_and_load_balancer_addresses_count_whatever_the_type(string type)
    {
        var port = Assert.Single(Derive(Svc("ns/np").ClusterIp("10.0.0.1").Port(80, nodePort: 30080).LoadBalancer("1.2.3.4").Type(Enum.Parse<ServiceType>(type))));

        Assert.Equal(30080, port.NodePort);
        Assert.Equal([Ip("1.2.3.4")], port.LoadBalancerVips);
    }

    [Fact]
    public void Policy_local_of_a_load_balancer_has_a_health_check_port_on_each_port() // row 152
    {
        var ports = Derive(Svc("ns/lb").ClusterIp("10.0.0.1").Port(80, "a").Port(81, "b").LoadBalancer("1.2.3.4").ExternalLocal(345));

        Assert.All(ports, static p => Assert.Equal((true, (ushort)345), (p.ExternalPolicyLocal, p.HealthCheckNodePort)));
    }

    [Fact]
    public void A_health_check_port_without_policy_local_does_not_count()
    {
        ServiceObject service = Svc("ns/lb").ClusterIp("10.0.0.1").Port(80).LoadBalancer("1.2.3.4");

        Assert.Equal(0, Assert.Single(Derive(service with { HealthCheckNodePort = 345 })).HealthCheckNodePort);
        Assert.Equal(0, Assert.Single(Derive(service with { HealthCheckNodePort = 345, Type = ServiceType.NodePort, ExternalTrafficPolicyLocal = true })).HealthCheckNodePort);
    }

    [Fact]
    public void External_name_means_nothing_even_with_a_cluster_ip() // row 153
        => Assert.Empty(Derive(Svc("ns/alias").ClusterIp("172.16.55.4").Port(80).Type(ServiceType.ExternalName)));

    [Theory]
    [InlineData(IpFamily.IPv4, "fd00::1")] // row 154
    [InlineData(IpFamily.IPv6, "10.0.0.1")]
    public void A_cluster_ip_of_the_other_family_means_nothing(IpFamily family, string clusterIp)
        => Assert.Empty(ServicePortDeriver.Derive(Svc("ns/web").ClusterIp(clusterIp).Port(80), family));

    [Theory]
    [InlineData(IpFamily.IPv4, "10.0.0.1", "1.1.1.1", "2.2.2.2", "3.3.3.0/24")] // rows 155, 159
    [InlineData(IpFamily.IPv6, "fd00::1", "fd01::1", "fd02::2", "fd03::/64")]
    public void Each_family_sees_its_own_addresses(IpFamily family, string clusterIp, string externalIp, string vip, string range)
    {
        ServiceObject dual = Svc("ns/dual").ClusterIp("fd00::1", "10.0.0.1").Port(80).ExternalIp("1.1.1.1", "fd01::1")
            .LoadBalancer("fd02::2", "2.2.2.2").SourceRanges("3.3.3.0/24", "fd03::/64");

        var port = Assert.Single(ServicePortDeriver.Derive(dual, family));

        Assert.Equal(Ip(clusterIp), port.ClusterIp);
        Assert.Equal([Ip(externalIp)], port.ExternalIps);
        Assert.Equal([Ip(vip)], port.LoadBalancerVips);
        Assert.Equal([IpPrefix.Parse(range)], port.LoadBalancerSourceRanges);
    }

    [Fact]
    public void A_source_range_for_everybody_opens_the_family_it_is_of() // row 160
    {
        ServiceObject service = Svc("ns/lb").ClusterIp("10.0.0.1", "fd00::1").Port(80).LoadBalancer("1.2.3.4").SourceRanges("1.0.0.0/8", "0.0.0.0/0", "fd03::/64");

        Assert.Empty(Assert.Single(ServicePortDeriver.Derive(service, IpFamily.IPv4)).LoadBalancerSourceRanges);
        Assert.NotEmpty(Assert.Single(ServicePortDeriver.Derive(service, IpFamily.IPv6)).LoadBalancerSourceRanges);
    }

    [Theory]
    [InlineData(nameof(ServiceType.LoadBalancer), false, true)]
    [InlineData(nameof(ServiceType.NodePort), false, true)]
    [InlineData(nameof(ServiceType.ClusterIP), true, true)]
    [InlineData(nameof(ServiceType.ClusterIP), false, false)]
    public void External_policy_counts_where_there_can_be_external_traffic(string type, bool externalIp, bool local)
    {
        var service = Svc("ns/web").ClusterIp("10.0.0.1").Port(80).ExternalLocal().Type(Enum.Parse<ServiceType>(type));
        if (externalIp) service.ExternalIp("1.1.1.1");

        Assert.Equal(local, Assert.Single(Derive(service)).ExternalPolicyLocal);
    }

    [Fact]
    public void Affinity_and_internal_policy_are_taken_over()
    {
        var port = Assert.Single(Derive(Svc("ns/web").ClusterIp("10.0.0.1").Port(80).Sticky(300).InternalLocal()));

        Assert.Equal((new SessionAffinity(true, 300), true), (port.Affinity, port.InternalPolicyLocal));
    }

    [Fact]
    public void External_IPs_that_are_not_allowed_are_withheld_but_still_make_the_Service_reachable_from_outside()
    {
        ServiceObject service = Svc("ns/web").ClusterIp("10.0.0.1").Port(80).ExternalIp("1.1.1.1");

        var port = Assert.Single(ServicePortDeriver.Derive(service, IpFamily.IPv4, allowExternalIps: false));

        Assert.Empty(port.ExternalIps);
        Assert.True(port.ExternallyAccessible);
        Assert.NotEqual(port, Assert.Single(Derive(Svc("ns/web").ClusterIp("10.0.0.1").Port(80))));
    }

    private static ImmutableArray<ServicePort> Derive(ServiceObject service) => ServicePortDeriver.Derive(service, IpFamily.IPv4);
}
