using Shunt.Model;
using Shunt.Proxy.State;
using Shunt.Testing.Builders;
using static Shunt.Testing.Builders.Build;

namespace Shunt.Proxy.Tests.State;

/// <summary>Rows 157, 167 and 168 of 07, and what a delta means.</summary>
public sealed class SnapshotBuilderTests
{
    private readonly ClusterState _state = ClusterStateExtensions.NewCluster();
    private readonly SnapshotBuilder _builder;

    public SnapshotBuilderTests() => _builder = new SnapshotBuilder(IpFamily.IPv4, _state);

    [Fact]
    public void A_service_and_its_slice_become_a_service_port_with_endpoints()
    {
        _state.Put(Web().Object, WebSlice().Object);

        var snapshot = Build();

        var (name, value) = Assert.Single(snapshot.Services);
        Assert.Equal(Spn("ns/web"), name);
        Assert.Equal(["10.1.0.10:8080", "10.1.0.2:8080"], value.Selection.Cluster.Select(static e => e.ToString()));
        Assert.Equal((IpFamily.IPv4, 1L, 2), (snapshot.Family, snapshot.Version, snapshot.EndpointCount));
    }

    [Fact]
    public void Services_come_change_and_go() // row 157
    {
        _state.Put(
            Web().Object, Svc("ns/two").ClusterIp("10.9.0.2").Port(80, "a").Port(81, "b").Object, Svc("ns/headless").Port(80).Object,
            Svc("ns/alias").ClusterIp("10.9.0.3").Port(80).Type(ServiceType.ExternalName).Object, Svc("ns/six").ClusterIp("fd00::1").Port(80).Object);
        Assert.Equal([Spn("ns/two:a"), Spn("ns/two:b"), Spn("ns/web")], Committed().Services.Keys);

        _state.Put(Web().LoadBalancer("1.2.3.4").ExternalLocal(345).Object).Delete(Svc("ns/two"));
        var built = Committed();
        Assert.Equal([Spn("ns/two:a"), Spn("ns/two:b"), Spn("ns/web")], built.Delta.Changed);
        Assert.Equal(345, Assert.Single(built.Services).Value.Port.HealthCheckNodePort);

        _state.Put(Web().Object);
        Assert.Equal(0, Assert.Single(Committed().Services).Value.Port.HealthCheckNodePort);
    }

    [Theory] // row 168
    [InlineData("nothing changed", "", "10.1.0.10:8080 10.1.0.2:8080")]
    [InlineData("add endpoint", "ns/web", "10.1.0.10:8080 10.1.0.2:8080 10.1.0.3:8080")]
    [InlineData("remove endpoint", "ns/web", "10.1.0.2:8080")]
    [InlineData("add slice", "ns/web", "10.1.0.10:8080 10.1.0.2:8080 10.1.0.5:9090")]
    [InlineData("renumber port", "ns/web", "10.1.0.10:9090 10.1.0.2:9090")]
    [InlineData("rename port", "ns/web", "")]
    [InlineData("ready to terminating", "ns/web", "10.1.0.2:8080")]
    [InlineData("all terminating", "ns/web", "10.1.0.10:8080 10.1.0.2:8080")]
    [InlineData("empty", "ns/web", "")]
    [InlineData("delete slice", "ns/web", "")]
    [InlineData("unready endpoint added", "ns/web", "10.1.0.10:8080 10.1.0.2:8080")]
    public void Endpoints_change(string what, string changed, string endpoints)
    {
        _state.Put(Web().Object, WebSlice().Object);
        Committed();

        Happen(what);
        var built = Build();

        Assert.Equal(changed, string.Join(' ', built.Delta.Changed.Select(static n => n.ToString())));
        Assert.Equal(endpoints, string.Join(' ', built.Services[Spn("ns/web")].Selection.Cluster));
    }

    private void Happen(string what)
    {
        if (what == "delete slice")
        {
            _state.Delete(WebSlice().Object);
            return;
        }

        _state.Put((what switch
        {
            "nothing changed" => WebSlice(),
            "add endpoint" => WebSlice().Endpoints("10.1.0.3"),
            "remove endpoint" => Slice("ns/web-1").Port(8080).Endpoints("10.1.0.2"),
            "add slice" => Slice("ns/web-2").Port(9090).Endpoints("10.1.0.5"),
            "renumber port" => Slice("ns/web-1").Port(9090).Endpoints("10.1.0.2", "10.1.0.10"),
            "rename port" => Slice("ns/web-1").Port(8080, "other").Endpoints("10.1.0.2", "10.1.0.10"),
            "ready to terminating" => Slice("ns/web-1").Port(8080).Endpoint("10.1.0.2").Endpoint("10.1.0.10", state: EndpointState.Draining),
            "all terminating" => WebSlice().Endpoint("10.1.0.7", state: EndpointState.Draining),
            "empty" => Slice("ns/web-1").Port(8080),
            "unready endpoint added" => WebSlice().Endpoint("10.1.0.4", state: EndpointState.Unready),
            _ => throw new ArgumentException(what),
        }).Object);
    }

    [Fact]
    public void All_endpoints_of_known_service_ports_are_counted()
    {
        _state.Put(
            Svc("ns/web").ClusterIp("10.9.0.1").Port(80, "a").Port(81, "b").Object,
            Slice("ns/web-1").Port(8080, "a").Port(8081, "b").Port(8082, "unknown").Endpoint("10.1.0.1").Endpoint("10.1.0.2", state: EndpointState.Unready).Object,
            Slice("ns/nobody-1").Port(80).Endpoints("10.1.0.9").Object);
        Assert.Equal(4, Build().EndpointCount);

        _state.Put(Svc("ns/web").ClusterIp("10.9.0.1").Port(80, "a").Object);
        Assert.Equal(2, Build().EndpointCount);

        _state.Delete(Svc("ns/web").Object);
        Assert.Equal(0, Build().EndpointCount);
    }

    [Fact]
    public void A_change_is_in_every_delta_until_it_is_committed()
    {
        _state.Put(Web().Object);
        Committed();

        _state.Put(Web().NodePort(30080).Object);
        Assert.Equal([Spn("ns/web")], Build().Delta.Changed);
        _state.Put(Svc("ns/a").ClusterIp("10.9.0.2").Port(80).Object);
        var second = Build();
        Assert.Equal((1L, 3L), (second.Delta.BaseVersion, second.Version));
        Assert.Equal([Spn("ns/a"), Spn("ns/web")], second.Delta.Changed);

        _builder.Commit(second, []);
        var third = Build();
        Assert.Equal(3, third.Delta.BaseVersion);
        Assert.Empty(third.Delta.Changed);
    }

    [Fact]
    public void What_was_refused_is_tried_again()
    {
        _state.Put(Web().Object, Svc("ns/a").ClusterIp("10.9.0.2").Port(80).Object);
        _builder.Commit(Build(), [Spn("ns/a")]);
        Assert.Equal([Spn("ns/a")], Build().Delta.Changed);

        Committed();
        Assert.Empty(Build().Delta.Changed);
    }

    [Fact]
    public void The_first_delta_is_relative_to_nothing()
    {
        _state.Put(Web().Object);

        var first = Build();
        Assert.Equal((0L, 0L), (first.Delta.BaseVersion, Build().Delta.BaseVersion));
        Assert.Equal([Spn("ns/web")], first.Delta.Changed);
    }

    [Fact]
    public void Only_the_last_snapshot_can_be_committed()
    {
        var first = Build();
        Build();

        Assert.Throws<ArgumentException>(() => _builder.Commit(first, []));
    }

    [Fact]
    public void Another_zone_chooses_other_endpoints_and_concerns_everything()
    {
        _state.Put(Web().Object, Slice("ns/web-1").Port(80).Endpoint("10.1.0.1", zones: "a").Endpoint("10.1.0.2", zones: "b").Object);
        _builder.Commit(_builder.Build(ClusterStateExtensions.TestNode with { Zone = "a" }, NodePortAddresses.Everywhere), []);

        var moved = _builder.Build(ClusterStateExtensions.TestNode with { Zone = "b" }, NodePortAddresses.Everywhere);

        Assert.Equal(0, moved.Delta.BaseVersion);
        Assert.Equal(["10.1.0.2:80"], Assert.Single(moved.Services).Value.Selection.Cluster.Select(static e => e.ToString()));
    }

    [Fact]
    public void Other_addresses_of_the_node_concern_everything_and_change_no_service()
    {
        _state.Put(Web().Object, WebSlice().Object);
        var before = Committed();
        var nodePorts = new NodePortAddresses { Addresses = [Ip("192.168.0.2")] };

        var other = _builder.Build(before.Node, nodePorts);
        Assert.Equal(0, other.Delta.BaseVersion);
        Assert.Same(before.Services[Spn("ns/web")], other.Services[Spn("ns/web")]);

        _builder.Commit(other, []);
        Assert.Equal(other.Version, _builder.Build(before.Node, nodePorts).Delta.BaseVersion);
    }

    [Fact]
    public void Other_networks_of_cluster_ips_concern_everything_and_ask_for_a_sync()
    {
        _state.Put(Web().Object, WebSlice().Object, ServiceCidr("b", "10.96.0.0/12", "fd00::/112"), ServiceCidr("a", "10.8.0.0/16", "10.96.0.0/12"));
        var before = Committed();
        Assert.Equal([IpPrefix.Parse("10.8.0.0/16"), IpPrefix.Parse("10.96.0.0/12")], before.ServiceCidrs);
        Assert.False(_state.HasPending);

        _state.Delete(ServiceCidr("a"));
        Assert.True(_state.HasPending);
        var other = Build();
        Assert.Equal((0, "10.96.0.0/12"), (other.Delta.BaseVersion, string.Join(' ', other.ServiceCidrs)));
        Assert.Same(before.Services[Spn("ns/web")], other.Services[Spn("ns/web")]);
        Assert.False(_state.HasPending);

        _builder.Commit(other, []);
        _state.Put(ServiceCidr("c", "fd00:1::/112")); // of the other family
        Assert.Equal(other.Version, Build().Delta.BaseVersion);
    }

    [Fact]
    public void Two_families_share_one_cluster()
    {
        var six = new SnapshotBuilder(IpFamily.IPv6, _state);
        _state.Put(
            Svc("ns/web").ClusterIp("10.9.0.1", "fd00:9::1").Port(80).Object, WebSlice().Object,
            Slice("ns/web-6").Port(8080).Endpoints("fd00:1::1").Object);
        Assert.Equal(2, Committed().EndpointCount);
        Assert.True(_state.HasPending); // the other family has not looked yet

        Assert.Equal(1, six.Build(ClusterStateExtensions.TestNode, NodePortAddresses.Everywhere).EndpointCount);
        Assert.False(_state.HasPending);
    }

    [Fact]
    public void A_slice_event_costs_no_more_among_ten_thousand_services_than_its_own_service()
    {
        for (var i = 0; i < 10_000; i++)
        {
            _state.Put(
                Svc($"ns/svc{i}").ClusterIp($"10.{i / 62_500}.{i / 250 % 250}.{i % 250 + 1}").Port(80).Object,
                Slice($"ns/svc{i}-x").Port(8080).Endpoints([.. Enumerable.Range(1, 10).Select(n => $"11.{n}.{i / 250}.{i % 250}")]).Object);
        }

        Committed();
        var events = Enumerable.Range(0, 64).Select(n => new WatchEvent.Changed(
            Slice("ns/svc5000-x").Port(8080).Endpoints([.. Enumerable.Range(1, 10).Select(e => $"12.{e}.0.{n}")]).Object)).ToArray();
        Follow(events[0]); // whatever the first call sets up
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var n = 1; n < events.Length; n++) Follow(events[n]);
        var each = (GC.GetAllocatedBytesForCurrentThread() - before) / (events.Length - 1);

        Assert.True(each < 5_000, $"{each} bytes for each event");

        void Follow(WatchEvent e)
        {
            _state.Apply(e);
            _builder.Commit(Build(), []);
        }
    }

    private DesiredState Build() => _builder.Build(ClusterStateExtensions.TestNode, NodePortAddresses.Everywhere);

    private DesiredState Committed()
    {
        var built = Build();
        _builder.Commit(built, []);
        return built;
    }

    private static ServiceBuilder Web() => Svc("ns/web").ClusterIp("10.9.0.1").Port(80);

    private static SliceBuilder WebSlice() => Slice("ns/web-1").Port(8080).Endpoints("10.1.0.2", "10.1.0.10");
}
