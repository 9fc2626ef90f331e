using Shunt.Proxy.State;
using Shunt.Testing.Builders;
using static Shunt.Testing.Builders.Build;
using static Shunt.Testing.Builders.EndpointState;

namespace Shunt.Model.Tests;

/// <summary>
/// The packet rows of 07, sections A to E, of iptables mode. A flow is <c>source > destination</c>; what is expected is the endpoints and
/// <c>m</c> or <c>u</c> for masqueraded or not, or the verdict.
/// </summary>
public sealed class ReferenceBalancerTests
{
    private const string Pod = "10.0.0.2";
    private const string TestNode = "192.168.0.2";
    private const string Localhost = "127.0.0.1";
    private const string Ext = "203.0.113.2";
    private const string Blocked = "203.0.113.130";

    private static readonly LocalDetector Pods = LocalDetector.ByCidr(IpPrefix.Parse("10.0.0.0/8"));
    private static readonly LocalDetector PodsV6 = LocalDetector.ByCidr(IpPrefix.Parse("fd00:10::/64"));

    /// <summary>Row 1.</summary>
    private static readonly DesiredState Masquerade = ClusterStateExtensions.NewCluster().Put(
        Svc("ns/svc1").ClusterIp("172.30.0.41").Port(80).NodePort(3001).LoadBalancer("1.2.3.4").Object,
        Slice("ns/svc1-x").Port(80).Endpoint("10.180.0.1", "test-node").Endpoint("10.180.1.1").Object,
        Svc("ns/svc2").ClusterIp("172.30.0.42").Port(80).NodePort(3002).LoadBalancer("5.6.7.8").ExternalLocal(30001).Object,
        Slice("ns/svc2-x").Port(80).Endpoint("10.180.0.2", "test-node").Endpoint("10.180.1.2").Object,
        Svc("ns/svc3").ClusterIp("172.30.0.43").Port(80).NodePort(3003).LoadBalancer("9.10.11.12").InternalLocal().Object,
        Slice("ns/svc3-x").Port(80).Endpoint("10.180.0.3", "test-node").Endpoint("10.180.1.3").Object).Snapshot();

    [Theory]
    [InlineData(2, Pod, "172.30.0.41:80", "10.180.0.1:80 10.180.1.1:80 u")]
    [InlineData(3, Pod, "192.168.0.2:3001", "10.180.0.1:80 10.180.1.1:80 m")]
    [InlineData(4, Pod, "1.2.3.4:80", "10.180.0.1:80 10.180.1.1:80 m")]
    [InlineData(5, TestNode, "172.30.0.41:80", "10.180.0.1:80 10.180.1.1:80 m")]
    [InlineData(6, TestNode, "192.168.0.2:3001", "10.180.0.1:80 10.180.1.1:80 m")]
    [InlineData(7, Localhost, "127.0.0.1:3001", "10.180.0.1:80 10.180.1.1:80 m")]
    [InlineData(8, TestNode, "1.2.3.4:80", "10.180.0.1:80 10.180.1.1:80 m")]
    [InlineData(9, Ext, "172.30.0.41:80", "10.180.0.1:80 10.180.1.1:80 m")]
    [InlineData(10, Ext, "192.168.0.2:3001", "10.180.0.1:80 10.180.1.1:80 m")]
    [InlineData(11, Ext, "1.2.3.4:80", "10.180.0.1:80 10.180.1.1:80 m")]
    [InlineData(12, Pod, "172.30.0.42:80", "10.180.0.2:80 10.180.1.2:80 u")]
    [InlineData(13, Pod, "192.168.0.2:3002", "10.180.0.2:80 10.180.1.2:80 u")]
    [InlineData(14, Pod, "5.6.7.8:80", "10.180.0.2:80 10.180.1.2:80 u")]
    [InlineData(15, TestNode, "172.30.0.42:80", "10.180.0.2:80 10.180.1.2:80 m")]
    [InlineData(16, TestNode, "192.168.0.2:3001", "10.180.0.1:80 10.180.1.1:80 m")]
    [InlineData(17, Localhost, "127.0.0.1:3002", "10.180.0.2:80 10.180.1.2:80 m")]
    [InlineData(18, TestNode, "5.6.7.8:80", "10.180.0.2:80 10.180.1.2:80 m")]
    [InlineData(19, Ext, "172.30.0.42:80", "10.180.0.2:80 10.180.1.2:80 m")]
    [InlineData(20, Ext, "192.168.0.2:3002", "10.180.0.2:80 u")]
    [InlineData(21, Ext, "5.6.7.8:80", "10.180.0.2:80 u")]
    [InlineData(22, Pod, "172.30.0.43:80", "10.180.0.3:80 u")]
    [InlineData(23, Pod, "192.168.0.2:3003", "10.180.0.3:80 10.180.1.3:80 m")]
    [InlineData(24, Pod, "9.10.11.12:80", "10.180.0.3:80 10.180.1.3:80 m")]
    [InlineData(25, TestNode, "172.30.0.43:80", "10.180.0.3:80 m")]
    [InlineData(26, TestNode, "192.168.0.2:3003", "10.180.0.3:80 10.180.1.3:80 m")]
    [InlineData(27, Localhost, "127.0.0.1:3003", "10.180.0.3:80 10.180.1.3:80 m")]
    [InlineData(28, TestNode, "9.10.11.12:80", "10.180.0.3:80 10.180.1.3:80 m")]
    [InlineData(29, Ext, "172.30.0.43:80", "10.180.0.3:80 m")]
    [InlineData(30, Ext, "192.168.0.2:3003", "10.180.0.3:80 10.180.1.3:80 m")]
    [InlineData(31, Ext, "9.10.11.12:80", "10.180.0.3:80 10.180.1.3:80 m")]
    public void Who_is_masqueraded(int row, string source, string destination, string expected) =>
        Expect(row, expected, Masquerade, Rules(Pods), source, destination);

    [Theory]
    [InlineData(false, Ext, "172.30.0.41:80", "10.180.0.1:80 10.180.1.1:80 u")]
    [InlineData(false, TestNode, "172.30.0.43:80", "10.180.0.3:80 u")]
    [InlineData(false, Pod, "192.168.0.2:3002", "10.180.0.2:80 u")]
    [InlineData(false, Pod, "5.6.7.8:80", "10.180.0.2:80 u")]
    [InlineData(false, Ext, "192.168.0.2:3001", "10.180.0.1:80 10.180.1.1:80 m")]
    [InlineData(true, Pod, "172.30.0.42:80", "10.180.0.2:80 10.180.1.2:80 m")] // row 34
    [InlineData(true, Ext, "172.30.0.41:80", "10.180.0.1:80 10.180.1.1:80 m")]
    [InlineData(true, Pod, "5.6.7.8:80", "10.180.0.2:80 u")]
    public void Without_a_detector_nobody_is_known_to_be_a_local_pod(bool masqueradeAll, string source, string destination, string expected) =>
        Expect(32, expected, Masquerade, Rules(default) with { MasqueradeAll = masqueradeAll }, source, destination);

    [Theory]
    [InlineData(Pod, "172.30.0.41:80", "10.180.0.1:80 10.180.1.1:80 m")]
    [InlineData(Pod, "172.30.0.43:80", "10.180.0.3:80 m")]
    [InlineData(Pod, "5.6.7.8:80", "10.180.0.2:80 10.180.1.2:80 u")]
    [InlineData(Ext, "5.6.7.8:80", "10.180.0.2:80 u")]
    public void Masquerade_all_is_about_cluster_ips(string source, string destination, string expected) =>
        Expect(33, expected, Masquerade, Rules(Pods) with { MasqueradeAll = true }, source, destination);

    [Theory]
    [InlineData("cni0", true, "pod by bridge")]
    [InlineData("cali", true, "pod by prefix")]
    [InlineData("eth0", false, "other")]
    [InlineData(null, false, "this node")]
    public void A_local_pod_can_be_told_by_its_interface(string? name, bool isPod, string why)
    {
        var detector = name == "cali" ? LocalDetector.ByInterfacePrefix("cali") : LocalDetector.ByBridge("cni0");
        var input = name == "cali" ? "cali1234" : name;

        var verdict = ReferenceBalancer.Verdict(Masquerade, Rules(detector), new Packet(Protocol.Tcp, Ip(Pod), Ip("172.30.0.41"), 80, input));

        Assert.All(verdict, v => Assert.True(v.Masquerade != isPod, why));
    }

    [Theory]
    [InlineData(36, "10.180.0.2", "172.30.0.41:80", "10.180.0.1:80 u")]
    [InlineData(37, "10.180.0.1", "172.30.0.41:80", "10.180.0.1:80 m")]
    [InlineData(38, "10.180.0.2", "172.30.0.42:80", "10.180.0.1:80 10.180.2.1:80 u")]
    [InlineData(39, "10.180.0.2", "172.30.0.42:443", "10.180.0.1:8443 10.180.2.1:8443 u")]
    [InlineData(40, "10.180.0.2", "172.30.0.42:53", "10.180.0.1:5353 10.180.2.1:5353 u")]
    [InlineData(41, "10.180.0.2", "172.30.0.42:53", "10.180.0.1:53 10.180.2.1:53 u", Protocol.Udp)]
    [InlineData(42, "10.180.0.2", "172.30.0.42:53", "10.180.0.1:53 10.180.2.1:53 u", Protocol.Sctp)]
    [InlineData(43, "10.180.0.2", "172.30.0.42:80", "Unhandled", Protocol.Udp)]
    [InlineData(44, "10.180.0.2", "172.30.0.41:443", "Unhandled")]
    public void Cluster_ips_translate_ports_by_protocol(int row, string source, string destination, string expected, Protocol protocol = Protocol.Tcp)
    {
        var state = ClusterStateExtensions.NewCluster().Put(
            Svc("ns/svc1").ClusterIp("172.30.0.41").Port(80, "http").Object,
            Slice("ns/svc1-x").Port(80, "http").Endpoint("10.180.0.1", "test-node").Object,
            Svc("ns/svc2").ClusterIp("172.30.0.42").Port(80, "http").Port(443, "https").Port(53, "dns-tcp")
                .Port(53, "dns-udp", Protocol.Udp).Port(53, "dns-sctp", Protocol.Sctp).Object,
            Slice("ns/svc2-x").Port(80, "http").Port(8443, "https").Port(5353, "dns-tcp").Port(53, "dns-udp", Protocol.Udp)
                .Port(53, "dns-sctp", Protocol.Sctp).Endpoint("10.180.0.1", "test-node").Endpoint("10.180.2.1").Object);

        Expect(row, expected, state.Snapshot(), Rules(Pods), source, destination, protocol);
    }

    [Theory]
    [InlineData(46, Pod, "172.30.0.41:80")]
    [InlineData(47, Ext, "192.168.99.11:80")]
    [InlineData(48, Pod, "192.168.0.2:3001")]
    [InlineData(49, Ext, "192.168.0.2:3001")]
    [InlineData(50, Pod, "1.2.3.4:80")]
    [InlineData(51, Ext, "1.2.3.4:80")]
    public void Without_endpoints_the_sender_is_told(int row, string source, string destination)
    {
        var state = ClusterStateExtensions.NewCluster().Put(
            Svc("ns/svc").ClusterIp("172.30.0.41").Port(80).NodePort(3001).ExternalIp("192.168.99.11").LoadBalancer("1.2.3.4").Object);

        Expect(row, "Reject", state.Snapshot(), Rules(Pods), source, destination);
    }

    [Theory]
    [InlineData(53, Pod, "172.30.0.41:80", "10.180.0.1:80 u")]
    [InlineData(54, Ext, "192.168.0.2:3001", "10.180.0.1:80 m")]
    [InlineData(55, Blocked, "192.168.0.2:3001", "10.180.0.1:80 m")]
    [InlineData(56, Ext, "1.2.3.4:80", "10.180.0.1:80 m")]
    [InlineData(56, Ext, "5.6.7.8:80", "10.180.0.1:80 m")]
    [InlineData(57, Blocked, "1.2.3.4:80", "Drop")]
    [InlineData(57, Blocked, "5.6.7.8:80", "Drop")]
    [InlineData(58, Pod, "1.2.3.4:80", "Drop")]
    [InlineData(58, Pod, "5.6.7.8:80", "Drop")]
    [InlineData(59, TestNode, "1.2.3.4:80", "10.180.0.1:80 m")]
    [InlineData(59, TestNode, "5.6.7.8:80", "10.180.0.1:80 m")]
    [InlineData(60, "1.2.3.4", "1.2.3.4:80", "10.180.0.1:80 m")]
    [InlineData(60, "5.6.7.8", "5.6.7.8:80", "10.180.0.1:80 m")]
    public void Source_ranges_guard_load_balancer_addresses(int row, string source, string destination, string expected)
    {
        var state = ClusterStateExtensions.NewCluster().Put(
            Svc("ns/svc").ClusterIp("172.30.0.41").Port(80).NodePort(3001).LoadBalancer("1.2.3.4", "5.6.7.8").SourceRanges("192.168.0.0/24", "203.0.113.0/25").Object,
            Slice("ns/svc-x").Port(80).Endpoint("10.180.0.1").Object);

        Expect(row, expected, state.Snapshot(), Rules(Pods), source, destination);
    }

    [Fact]
    public void A_load_balancer_address_as_source_needs_the_node_in_a_range()
    {
        var state = ClusterStateExtensions.NewCluster().Put(
            Svc("ns/svc").ClusterIp("172.30.0.41").Port(80).LoadBalancer("1.2.3.4").SourceRanges("203.0.113.0/25").Object,
            Slice("ns/svc-x").Port(80).Endpoint("10.180.0.1").Object);

        Expect(60, "Drop", state.Snapshot(), Rules(Pods), "1.2.3.4", "1.2.3.4:80");
    }

    [Theory]
    [InlineData(66, "", true, "10.180.0.1:80 10.180.2.1:80 m", "10.180.0.1:80 10.180.2.1:80 m")]
    [InlineData(67, "", false, "10.180.0.1:80 10.180.2.1:80 m", "Unhandled")]
    [InlineData(68, "192.168.0.2 127.0.0.1", false, "Unhandled", "Unhandled")]
    [InlineData(69, "192.168.0.2 192.168.1.2", false, "10.180.0.1:80 10.180.2.1:80 m", "Unhandled")]
    public void Node_ports_are_served_where_configured(int row, string addresses, bool localhost, string atAlternative, string atLocalhost)
    {
        var state = NodePortService("172.30.0.41", "10.180.0.1", "10.180.2.1").Snapshot(nodePorts: NodePortsAt(addresses));
        var rules = Rules(Pods) with { LocalhostNodePorts = localhost };

        Expect(row, "10.180.0.1:80 10.180.2.1:80 u", state, rules, Pod, "172.30.0.41:80");
        Expect(row, "10.180.0.1:80 10.180.2.1:80 m", state, rules, Ext, "192.168.0.2:3001");
        Expect(row, "10.180.0.1:80 10.180.2.1:80 m", state, rules, TestNode, "192.168.0.2:3001");
        Expect(row, atAlternative, state, rules, Ext, "192.168.1.2:3001");
        Expect(row, atLocalhost, state, rules, Localhost, "127.0.0.1:3001");
    }

    [Fact]
    public void Nobody_else_gets_at_localhost_when_it_serves_node_ports() // row 66: the KUBE-FIREWALL rule
    {
        var state = NodePortService("172.30.0.41", "10.180.0.1").Snapshot();

        Expect(66, "Drop", state, Rules(Pods) with { LocalhostNodePorts = true }, Ext, "127.0.0.1:22");
        Expect(67, "Unhandled", state, Rules(Pods) with { LocalhostNodePorts = false }, Ext, "127.0.0.1:22");
    }

    [Theory]
    [InlineData(70, "", true, "[fd00:10:180::1]:80 [fd00:10:180::2:1]:80 m")]
    [InlineData(71, "", false, "[fd00:10:180::1]:80 [fd00:10:180::2:1]:80 m")]
    [InlineData(72, "2001:db8::1", false, "Unhandled")]
    public void Node_ports_of_ipv6_are_never_at_localhost(int row, string addresses, bool localhost, string atAlternative)
    {
        var state = NodePortService("fd00:172:30::41", "fd00:10:180::1", "fd00:10:180::2:1").Snapshot(IpFamily.IPv6, nodePorts: NodePortsAt(addresses));
        var rules = Rules(PodsV6) with { LocalhostNodePorts = localhost };

        Expect(row, "[fd00:10:180::1]:80 [fd00:10:180::2:1]:80 u", state, rules, "fd00:10::2", "[fd00:172:30::41]:80");
        Expect(row, "[fd00:10:180::1]:80 [fd00:10:180::2:1]:80 m", state, rules, "2600:5200::1", "[2001:db8::1]:3001");
        Expect(row, "[fd00:10:180::1]:80 [fd00:10:180::2:1]:80 m", state, rules, "2001:db8::1", "[2001:db8::1]:3001");
        Expect(row, atAlternative, state, rules, "2600:5200::1", "[2001:db8:1::2]:3001");
        Expect(row, "Unhandled", state, rules, "::1", "[::1]:3001");
    }

    [Theory]
    [InlineData(78, true, Pod, "172.30.0.41:80", "10.180.0.1:80 10.180.2.1:80 u")]
    [InlineData(79, true, Pod, "192.168.99.11:80", "10.180.0.1:80 10.180.2.1:80 u")]
    [InlineData(80, true, Ext, "192.168.99.11:80", "10.180.2.1:80 u")]
    [InlineData(81, true, Pod, "1.2.3.4:80", "10.180.0.1:80 10.180.2.1:80 u")]
    [InlineData(82, true, Ext, "1.2.3.4:80", "10.180.2.1:80 u")]
    [InlineData(83, true, Pod, "192.168.0.2:3001", "10.180.0.1:80 10.180.2.1:80 u")]
    [InlineData(84, true, Ext, "192.168.0.2:3001", "10.180.2.1:80 u")]
    [InlineData(85, false, Pod, "172.30.0.41:80", "10.180.0.1:80 10.180.2.1:80 u")]
    [InlineData(86, false, Pod, "192.168.99.11:80", "10.180.0.1:80 10.180.2.1:80 m")]
    [InlineData(87, false, Ext, "192.168.99.11:80", "10.180.0.1:80 10.180.2.1:80 m")]
    [InlineData(88, false, Pod, "1.2.3.4:80", "10.180.0.1:80 10.180.2.1:80 m")]
    [InlineData(89, false, Ext, "1.2.3.4:80", "10.180.0.1:80 10.180.2.1:80 m")]
    [InlineData(90, false, Pod, "192.168.0.2:3001", "10.180.0.1:80 10.180.2.1:80 m")]
    [InlineData(91, false, Ext, "192.168.0.2:3001", "10.180.0.1:80 10.180.2.1:80 m")]
    public void External_traffic_policy(int row, bool local, string source, string destination, string expected)
    {
        var service = Svc("ns/svc").ClusterIp("172.30.0.41").Port(80).NodePort(3001).ExternalIp("192.168.99.11").LoadBalancer("1.2.3.4");
        if (local) service.ExternalLocal(30000);
        var state = ClusterStateExtensions.NewCluster().Put(service.Object, Slice("ns/svc-x").Port(80).Endpoint("10.180.0.1").Endpoint("10.180.2.1", "test-node").Object);

        Expect(row, expected, state.Snapshot(), Rules(Pods), source, destination);
    }

    [Theory]
    [InlineData(92, false, 1, "10.0.1.1:80 10.0.1.2:80 10.0.1.3:80 u")]
    [InlineData(93, true, 1, "10.0.1.1:80 u")]
    [InlineData(94, true, 2, "10.0.1.1:80 10.0.1.2:80 u")]
    [InlineData(95, true, 0, "Drop")]
    [InlineData(96, true, -1, "Reject")]
    public void Internal_traffic_policy(int row, bool local, int localEndpoints, string expected)
    {
        var service = Svc("ns/svc").ClusterIp("172.30.1.1").Port(80);
        if (local) service.InternalLocal();
        var slice = Slice("ns/svc-x").Port(80);
        for (var i = 1; i <= 3 && localEndpoints >= 0; i++) slice.Endpoint($"10.0.1.{i}", i <= localEndpoints ? "test-node" : "other");

        Expect(row, expected, ClusterStateExtensions.NewCluster().Put(service.Object, slice.Object).Snapshot(), Rules(Pods), Pod, "172.30.1.1:80");
    }

    [Theory]
    [InlineData(97, "10.0.1.1:80 10.0.1.2:80 10.0.1.5:80 u", "10.0.1.1:80 10.0.1.2:80 u", Ready, Ready, Draining, Terminated, Ready)]
    [InlineData(98, "10.0.1.5:80 u", "10.0.1.2:80 10.0.1.3:80 u", null, Draining, Draining, Terminated, Ready)]
    [InlineData(99, "10.0.1.5:80 u", "Drop", null, null, null, null, Draining)]
    [InlineData(100, "Reject", "Reject", Terminated, Terminated, Terminated, Terminated, Terminated)]
    [InlineData(101, "Reject", "Reject", null, null, null, null, null)]
    public void Terminating_endpoints_with_policy_local(int row, string podToClusterIp, string externalToVip, params object?[] states)
    {
        var state = Terminating(states, Svc("ns/svc").ClusterIp("172.30.1.1").Port(80).LoadBalancer("1.2.3.4").ExternalLocal(30000));

        Expect(row, podToClusterIp, state, Rules(Pods), Pod, "172.30.1.1:80");
        Expect(row, externalToVip, state, Rules(Pods), Ext, "1.2.3.4:80");
    }

    [Theory]
    [InlineData(102, "10.0.1.1:80 10.0.1.2:80 10.0.1.5:80", Ready, Ready, Draining, Terminated, Ready)]
    [InlineData(103, "10.0.1.2:80 10.0.1.3:80 10.0.1.5:80", null, Draining, Draining, Terminated, Draining)]
    [InlineData(104, "10.0.1.5:80", null, null, null, null, Draining)]
    public void Terminating_endpoints_with_policy_cluster(int row, string endpoints, params object?[] states)
    {
        var state = Terminating(states, Svc("ns/svc").ClusterIp("172.30.1.1").Port(80).LoadBalancer("1.2.3.4"));

        Expect(row, $"{endpoints} u", state, Rules(Pods), Pod, "172.30.1.1:80");
        Expect(row, $"{endpoints} m", state, Rules(Pods), Ext, "1.2.3.4:80");
    }

    [Theory]
    [InlineData(105, Terminated)]
    [InlineData(106, null)]
    public void Nothing_that_serves_with_policy_cluster(int row, EndpointState? all)
    {
        var state = Terminating([all, all, all, all, all], Svc("ns/svc").ClusterIp("172.30.1.1").Port(80).LoadBalancer("1.2.3.4"));

        Expect(row, "Reject", state, Rules(Pods), Pod, "172.30.1.1:80");
        Expect(row, "Reject", state, Rules(Pods), Ext, "1.2.3.4:80");
    }

    [Fact]
    public void A_health_check_port_is_let_in() // row 107
    {
        ServiceObject service = Svc("ns/svc").ClusterIp("172.30.1.1").Port(80).LoadBalancer("1.2.3.4").ExternalLocal(30000);
        var state = ClusterStateExtensions.NewCluster().Put(service);
        Expect(107, "Accept", state.Snapshot(), Rules(Pods), Ext, "192.168.0.2:30000");

        state.Delete(service);
        Expect(107, "Unhandled", state.Snapshot(), Rules(Pods), Ext, "192.168.0.2:30000");
    }

    [Fact]
    public void With_services_in_conflict_either_may_win_but_one_without_endpoints_does_not()
    {
        var state = ClusterStateExtensions.NewCluster().Put(
            Svc("ns/a").ClusterIp("172.30.1.1").Port(80).Object, Slice("ns/a-x").Port(80).Endpoints("10.0.1.1").Object,
            Svc("ns/b").ClusterIp("172.30.1.1").Port(80).Object, Slice("ns/b-x").Port(80).Endpoints("10.0.1.2").Object,
            Svc("ns/c").ClusterIp("172.30.1.1").Port(80).Object);

        Expect(0, "10.0.1.1:80 10.0.1.2:80 u", state.Snapshot(), Rules(Pods), Pod, "172.30.1.1:80");
    }

    [Fact]
    public void A_packet_of_the_nodes_own_to_an_address_elsewhere_is_not_refused_where_only_external_traffic_is()
    {
        var state = ClusterStateExtensions.NewCluster().Put(Svc("ns/svc").ClusterIp("172.30.0.41").Port(80).NodePort(3001).LoadBalancer("1.2.3.4").Object).Snapshot();

        Expect(0, "Unhandled", state, Rules(Pods), TestNode, "1.2.3.4:80");
        Expect(0, "Reject", state, Rules(Pods), TestNode, "192.168.0.2:3001");
        Expect(0, "Reject", state, Rules(Pods), TestNode, "172.30.0.41:80");
    }

    private static DesiredState Terminating(object?[] states, ServiceBuilder service)
    {
        var slice = Slice("ns/svc-x").Port(80);
        for (var i = 0; i < 5; i++)
        {
            if (states[i] is EndpointState state) slice.Endpoint($"10.0.1.{i + 1}", i < 4 ? "test-node" : "other", state);
        }

        return ClusterStateExtensions.NewCluster().Put(service.Object, slice.Object).Snapshot();
    }

    private static ClusterState NodePortService(string clusterIp, params string[] endpoints) => ClusterStateExtensions.NewCluster().Put(
        Svc("ns/svc").ClusterIp(clusterIp).Port(80).NodePort(3001).Object, Slice("ns/svc-x").Port(80).Endpoints(endpoints).Object);

    private static NodePortAddresses NodePortsAt(string addresses) => addresses.Length == 0
        ? NodePortAddresses.Everywhere
        : new NodePortAddresses { Addresses = [.. addresses.Split(' ').Select(Ip)] };

    private static TrafficRules Rules(LocalDetector detector) => new()
    {
        LocalDetector = detector,
        LocalhostNodePorts = true,
        LocalAddresses = [Ip("192.168.0.2"), Ip("192.168.1.2"), Ip("192.168.99.11"), Ip("2001:db8::1"), Ip("2001:db8:1::2")],
    };

    private static void Expect(
        int row, string expected, DesiredState state, TrafficRules rules, string source, string destination, Protocol protocol = Protocol.Tcp)
    {
        var colon = destination.LastIndexOf(':');
        var from = Ip(source);
        var to = Ip(destination[..colon].Trim('[', ']'));
        var fromNode = rules.IsLocal(from) || from == to;
        var input = fromNode ? null : from.ToString().StartsWith("10.", StringComparison.Ordinal) ? "veth1" : "eth0";

        var verdicts = ReferenceBalancer.Verdict(state, rules, new Packet(protocol, from, to, ushort.Parse(destination[(colon + 1)..]), input));

        Assert.Equal($"row {row}: {expected}", $"row {row}: {Text(verdicts)}");
    }

    /// <summary>Endpoints that share the masquerade flag are said in one breath.</summary>
    private static string Text(IReadOnlyCollection<Verdict> verdicts) => string.Join(", ", verdicts
        .GroupBy(static v => v.Kind == VerdictKind.Translate ? (v.Masquerade ? " m" : " u") : "")
        .Select(static g => string.Join(' ', g.Select(static v => v.ToString().Split(' ')[0])) + g.Key));
}
