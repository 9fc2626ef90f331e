using Shunt.Backends.Conntrack;
using Shunt.Model;
using static Shunt.Backends.Tests.Conntrack.FlowWorld;

namespace Shunt.Backends.Tests.Conntrack;

/// <summary>After which changes flows have to be looked at, and which of them are stale.</summary>
public sealed class StaleFlowsTests
{
    private const string Vip = "10.96.0.1", One = "10.244.1.1:53", Two = "10.244.1.2:53", Node = "198.51.100.2";

    private static readonly ServicePort Everywhere = Svc("ns/dns", Vip, 53).Port with
    {
        NodePort = 30053,
        ExternalIps = [IpAddr.Parse("192.0.2.101")],
        LoadBalancerVips = [IpAddr.Parse("192.0.2.102")],
    };

    public static TheoryData<string> Frontends => [$"{Vip}:53", "192.0.2.101:53", "192.0.2.102:53", $"{Node}:30053", "127.0.0.1:30053"];

    [Theory]
    [MemberData(nameof(Frontends))]
    public void An_endpoint_that_serves_no_more_takes_its_flows_along_and_no_others(string frontend)
    {
        var world = new FlowWorld(Svc(Everywhere, One, Two)).Swept().Now(Svc(Everywhere, One, Two + "-"));

        Assert.True(world.IsDue);
        Assert.True(world.IsStale($"{frontend} by {Two}"));
        Assert.False(world.IsStale($"{frontend} by {One}"));
    }

    [Theory]
    [MemberData(nameof(Frontends))]
    public void A_service_without_endpoints_keeps_no_flows(string frontend)
    {
        var world = new FlowWorld(Svc(Everywhere, One)).Swept().Now(Svc(Everywhere));

        Assert.True(world.IsStale($"{frontend} by {One}"));
        Assert.False(world.IsStale(frontend)); // what reached no endpoint is refused by the rules all the same
    }

    [Theory]
    [MemberData(nameof(Frontends))]
    public void A_service_that_is_gone_keeps_no_flows(string frontend)
    {
        var world = new FlowWorld(Svc(Everywhere, One)).Swept().Now();

        Assert.True(world.IsStale($"{frontend} by {One}"));
        Assert.False(world.IsStale($"{frontend} by 10.244.9.9:53")); // somebody else's translation
        Assert.False(world.IsStale(frontend));
    }

    [Theory]
    [MemberData(nameof(Frontends))]
    public void What_was_let_past_a_service_without_endpoints_goes_when_it_gets_one(string frontend)
    {
        var world = new FlowWorld(Svc(Everywhere)) { Scope = Scope(loopback: true) }.Swept().Now(Svc(Everywhere, One));

        Assert.True(world.IsStale(frontend));
        Assert.False(world.IsStale($"{frontend} by {One}"));
    }

    [Theory]
    [MemberData(nameof(Frontends))]
    public void What_was_let_past_before_the_service_was_there_goes_when_it_comes(string frontend)
    {
        var world = new FlowWorld { Scope = Scope(loopback: true) }.Swept().Now(Svc(Everywhere, One));

        Assert.True(world.IsStale(frontend));
        Assert.False(world.IsStale($"{frontend} by {One}"));
    }

    [Fact]
    public void A_frontend_that_is_removed_takes_its_flows_along_and_the_others_stay()
    {
        var world = new FlowWorld(Svc(Everywhere, One)).Swept().Now(Svc(Everywhere with { ExternalIps = [], NodePort = 30054 }, One));

        Assert.True(world.IsStale($"192.0.2.101:53 by {One}"));
        Assert.True(world.IsStale($"{Node}:30053 by {One}"));
        Assert.False(world.IsStale($"{Node}:30054 by {One}"));
        Assert.False(world.IsStale($"192.0.2.102:53 by {One}"));
        Assert.False(world.IsStale($"{Vip}:53 by {One}"));
    }

    [Fact]
    public void A_frontend_that_another_service_took_over_is_judged_by_that_service()
    {
        var (first, second) = (Svc("ns/first", Vip, 53, One), Svc("ns/second", Vip, 53, Two));
        var world = new FlowWorld(first).Swept().Now(second);

        Assert.True(world.IsStale($"{Vip}:53 by {One}"));
        Assert.False(world.IsStale($"{Vip}:53 by {Two}"));
    }

    [Fact]
    public void Of_two_services_at_one_frontend_either_makes_a_flow_valid()
    {
        var shared = Svc("ns/b", "10.96.0.2", 53).Port with { ExternalIps = [IpAddr.Parse("192.0.2.101")] };
        var other = Svc(Everywhere, One);
        var world = new FlowWorld(other, Svc(shared, Two)).Swept().Now(other, Svc(shared));

        Assert.False(world.IsStale($"192.0.2.101:53 by {One}"));
        Assert.True(world.IsStale($"192.0.2.101:53 by {Two}"));
        Assert.True(world.IsStale($"10.96.0.2:53 by {Two}"));
        Assert.False(world.IsStale($"{Vip}:53 by {Two}")); // no change concerns it
    }

    [Fact]
    public void A_node_port_is_one_at_this_nodes_addresses_only()
    {
        var world = new FlowWorld(Svc(Everywhere, One, Two)).Swept().Now(Svc(Everywhere, One));

        Assert.True(world.IsStale($"{Node}:30053 by {Two}"));
        Assert.True(world.IsStale($"127.9.9.9:30053 by {Two}"));
        Assert.False(world.IsStale("203.0.113.80:30053")); // out of the cluster, to somebody's own port 30053
        Assert.False(world.IsStale($"203.0.113.80:30053 by {Two}")); // another node's, translated elsewhere
    }

    [Fact]
    public void What_goes_to_a_listener_of_the_node_itself_stays_where_node_ports_are_not_served()
    {
        var world = new FlowWorld().Swept().Now(Svc(Everywhere, One));

        Assert.True(world.IsStale($"{Node}:30053"));
        Assert.False(world.IsStale("127.0.0.1:30053"));
        world.Scope = Scope(loopback: false) with { NodePorts = new NodePortAddresses { Addresses = [IpAddr.Parse("203.0.113.1")] } };
        Assert.False(world.IsStale($"{Node}:30053"));
        world.Scope = Scope(loopback: true) with { NodePorts = new NodePortAddresses { Addresses = [IpAddr.Parse("127.0.0.1")] } };
        Assert.True(world.IsStale("127.0.0.1:30053"));
    }

    [Fact]
    public void An_address_claims_a_flow_before_and_beside_a_node_port()
    {
        // 30053 at the node's address is both: an external IP of one Service, a node port of another.
        var claimed = Svc("ns/b", "10.96.0.2", 30053).Port with { ExternalIps = [IpAddr.Parse(Node)] };
        var nodePort = Svc(Everywhere, One);
        var world = new FlowWorld(nodePort, Svc(claimed, Two)).Swept().Now(nodePort, Svc(claimed));

        Assert.False(world.IsStale($"{Node}:30053 by {One}"));
        Assert.True(world.IsStale($"{Node}:30053 by {Two}"));
    }

    [Theory]
    [InlineData("10.244.1.1:54")] // the same pod, another port
    [InlineData("10.244.1.9:53")]
    public void What_goes_elsewhere_than_to_an_endpoint_is_stale(string answerer)
    {
        var world = new FlowWorld(Svc("ns/dns", Vip, 53, One, answerer)).Swept().Now(Svc("ns/dns", Vip, 53, One));

        Assert.True(world.IsStale($"{Vip}:53 by {answerer}"));
    }

    [Theory]
    [InlineData(One)] // serves
    [InlineData(One + "~")] // is about to go, and serves
    [InlineData(One + "+")] // is not ready, but its Service publishes it
    public void Whatever_can_still_answer_keeps_its_flows(string state)
    {
        var world = new FlowWorld(Svc("ns/dns", Vip, 53, One, Two)).Swept().Now(Svc("ns/dns", Vip, 53, state));

        Assert.False(world.IsStale($"{Vip}:53 by {One}"));
        Assert.True(world.IsStale($"{Vip}:53 by {Two}"));
    }

    [Fact]
    public void A_service_whose_cluster_IP_is_its_endpoint_is_not_taken_for_one_that_was_passed_by()
    {
        var self = Svc("ns/dns", Vip, 53).Port with { ExternalIps = [IpAddr.Parse(Node)] };
        var world = new FlowWorld().Swept().Now(Svc(self, $"{Node}:53"));

        Assert.False(world.IsStale($"{Node}:53"));
    }

    [Fact]
    public void TCP_is_never_touched_and_SCTP_is_as_UDP()
    {
        var sctp = Everywhere with { Name = Everywhere.Name with { Protocol = Protocol.Sctp } };
        var tcp = Everywhere with { Name = Everywhere.Name with { Protocol = Protocol.Tcp } };
        var world = new FlowWorld(Svc(sctp, One), Svc(tcp, One)).Now(Svc(sctp));

        Assert.True(world.IsStale($"{Vip}:53 by {One}", Protocol.Sctp));
        Assert.False(world.IsStale($"{Vip}:53 by {One}", Protocol.Tcp));
        Assert.False(world.IsStale($"{Vip}:53 by {One}", (Protocol)1));

        var udp = Svc(Everywhere, One);
        world = new FlowWorld(udp, Svc(sctp, One)).Swept().Now(udp, Svc(sctp));
        Assert.True(world.IsStale($"{Vip}:53 by {One}", Protocol.Sctp));
        Assert.False(world.IsStale($"{Vip}:53 by {Two}", Protocol.Udp)); // the UDP port did not change
        Assert.Equal(Protocol.Sctp, world.Judge.OnlyProtocol);
        Assert.Null(world.Now(Svc(Everywhere), Svc(sctp)).Judge.OnlyProtocol);
    }

    [Fact]
    public void IPv6_is_as_IPv4()
    {
        var port = Svc("ns/dns", "fd00:96::1", 53).Port with { NodePort = 30053 };
        var world = new FlowWorld(Svc(port, "[fd00::1]:53", "[fd00::2]:53")).Swept().Now(Svc(port, "[fd00::1]:53"));

        Assert.True(world.IsStale("[fd00:96::1]:53 by [fd00::2]:53"));
        Assert.False(world.IsStale("[fd00:96::1]:53 by [fd00::1]:53"));
        Assert.True(world.IsStale("[fd00:c0de::2]:30053 by [fd00::2]:53"));
        Assert.False(world.IsStale("[fd00:c0de::9]:30053 by [fd00::2]:53"));
    }

    [Fact]
    public void At_the_start_everything_is_compared()
    {
        var world = new FlowWorld(Svc("ns/dns", Vip, 53, One), Svc("ns/empty", "10.96.0.2", 53));

        Assert.True(world.IsDue);
        Assert.Null(world.Judge.OnlyProtocol);
        Assert.True(world.IsStale($"{Vip}:53 by {Two}"));
        Assert.True(world.IsStale($"{Vip}:53"));
        Assert.False(world.IsStale($"{Vip}:53 by {One}"));
        Assert.True(world.IsStale($"10.96.0.2:53 by {Two}"));
        Assert.False(world.IsStale("10.96.0.2:53"));
        Assert.False(world.IsStale($"10.96.0.3:53 by {Two}")); // whose it was is not known
        Assert.False(world.IsStale("203.0.113.80:53 by 203.0.113.81:53"));
    }

    [Fact]
    public void At_the_start_what_was_translated_from_a_service_address_that_nobody_has_is_stale()
    {
        var world = new FlowWorld(Svc("ns/dns", Vip, 53, One)) { Scope = Scope(loopback: true) with { ServiceCidrs = [IpPrefix.Parse("10.96.0.0/12")] } };

        Assert.True(world.IsStale($"10.96.0.3:53 by {Two}"));
        Assert.True(world.IsStale($"{Vip}:54 by {Two}"));
        Assert.False(world.IsStale("10.96.0.3:53"));
        Assert.False(world.IsStale($"10.112.0.3:53 by {Two}"));
        Assert.False(world.Swept().IsStale($"10.96.0.3:53 by {Two}"));
    }

    [Fact]
    public void A_set_is_made_of_many_endpoints_and_means_the_same()
    {
        var many = Enumerable.Range(1, 200).Select(static i => $"10.244.2.{i}:53").ToArray();
        var world = new FlowWorld(Svc("ns/dns", Vip, 53, many)).Swept().Now(Svc("ns/dns", Vip, 53, many[1..]));

        Assert.True(world.IsStale($"{Vip}:53 by {many[0]}"));
        Assert.False(world.IsStale($"{Vip}:53 by {many[1]}"));
        Assert.False(world.IsStale($"{Vip}:53 by {many[199]}"));
    }

    [Theory]
    [InlineData(One, One, false)] // nothing
    [InlineData(One, One + " " + Two, false)] // more endpoints
    [InlineData(One + " " + Two, One + " " + Two + "~", false)] // still serves
    [InlineData(One + " " + Two + "-", One, false)] // did not serve before either
    [InlineData(One + "-", "", false)]
    [InlineData("", "", false)]
    [InlineData(One + " " + Two, One + " " + Two + "-", true)]
    [InlineData(One + " " + Two, Two, true)]
    [InlineData(One, Two, true)]
    [InlineData(One, "", true)]
    [InlineData("", One, true)]
    [InlineData(One + "-", One, true)]
    public void Flows_are_looked_at_only_when_an_endpoint_went_or_the_first_came(string before, string after, bool due)
    {
        var world = new FlowWorld(Svc(Everywhere, Endpoints(before))).Swept().Now(Svc(Everywhere, Endpoints(after)));

        Assert.Equal(due, world.IsDue);
        Assert.Equal(due, world.Flows.NeedsNodeAddresses);
    }

    [Fact]
    public void Edits_of_what_flows_do_not_depend_on_are_nothing_to_look_at_flows_for()
    {
        var world = new FlowWorld(Svc(Everywhere, One)).Swept();

        world.Now(Svc(Everywhere with { Affinity = new SessionAffinity(true, 100), InternalPolicyLocal = true, ExternalPolicyLocal = true, HealthCheckNodePort = 30999 }, One));
        Assert.False(world.IsDue);
        world.Now(Svc(Everywhere with { LoadBalancerSourceRanges = [IpPrefix.Parse("203.0.113.0/24")] }, One));
        Assert.False(world.IsDue);
        world.Now();
        Assert.True(world.IsDue);
    }

    [Fact]
    public void Services_without_endpoints_come_change_and_go_unnoticed()
    {
        var world = new FlowWorld().Swept().Now(Svc(Everywhere)).Now(Svc(Everywhere with { NodePort = 30054 })).Now();

        Assert.False(world.IsDue);
        Assert.False(world.Flows.NeedsNodeAddresses);
    }

    [Fact]
    public void Without_a_node_port_the_nodes_addresses_are_not_needed()
    {
        var world = new FlowWorld(Svc("ns/dns", Vip, 53, One)).Swept().Now();

        Assert.True(world.IsDue);
        Assert.False(world.Flows.NeedsNodeAddresses);
    }

    [Fact]
    public void What_is_due_adds_up_until_it_is_seen_to()
    {
        var world = new FlowWorld(Svc("ns/dns", Vip, 53, One, Two)).Swept().Now(Svc("ns/dns", Vip, 53, Two)).Now();

        Assert.True(world.IsStale($"{Vip}:53 by {One}"));
        Assert.True(world.IsStale($"{Vip}:53 by {Two}"));
        world.Now(Svc("ns/dns", Vip, 53, Two));
        Assert.True(world.IsStale($"{Vip}:53 by {One}"));
        Assert.False(world.IsStale($"{Vip}:53 by {Two}"));
        Assert.False(world.Swept().IsDue);
    }

    [Fact]
    public void Too_much_that_is_due_becomes_everything_and_takes_no_memory()
    {
        var dns = Svc("ns/dns", Vip, 53, One);
        var many = Enumerable.Range(0, StaleFlows.MaxDue).Select(i => Svc($"ns/s{i}", $"10.97.{i / 256}.{i % 256}", 53, One)).ToArray();
        var world = new FlowWorld([dns, .. many]).Swept().Now(dns);

        Assert.True(world.IsStale($"{Vip}:53 by {Two}")); // though its Service did not change
        world.Scope = world.Scope with { ServiceCidrs = [IpPrefix.Parse("10.96.0.0/12")] };
        Assert.True(world.IsStale($"10.97.0.1:53 by {One}"));
    }

    private static FlowScope Scope(bool loopback) => new FlowWorld().Scope with { NodePortsAtLoopback = loopback };

    private static string[] Endpoints(string list) => list.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
