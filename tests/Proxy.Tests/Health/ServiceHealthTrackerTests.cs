using Shunt.Backends;
using Shunt.Model;
using Shunt.Proxy.Health;
using Shunt.Proxy.State;
using Shunt.Proxy.Sync;
using Shunt.Testing.Builders;
using static Shunt.Testing.Builders.Build;

namespace Shunt.Proxy.Tests.Health;

/// <summary>What counts as an endpoint on this node (section 5 of 01), and which Services have a check.</summary>
public sealed class ServiceHealthTrackerTests
{
    private readonly ClusterState _cluster = ClusterStateExtensions.NewCluster();
    private readonly SnapshotBuilder _builder;
    private readonly ServiceHealthTracker _tracker = new(IpFamily.IPv4);
    private readonly Dictionary<ObjectKey, ServiceHealthCheck> _checks = [];
    private DesiredState? _previous;
    private NodeInfo _node = new() { Name = "test-node" };

    public ServiceHealthTrackerTests() => _builder = new SnapshotBuilder(IpFamily.IPv4, _cluster);

    [Fact]
    public void Addresses_on_this_node_that_are_ready_count_once_over_all_ports()
    {
        _cluster.Put(
            Svc("ns/web").ClusterIp("10.9.0.1").Port(80, "http").Port(443, "https").LoadBalancer("1.2.3.4").ExternalLocal(30000).Object,
            Slice("ns/web-1").Port(8080, "http").Port(8443, "https")
                .Endpoint("10.1.0.1", "test-node").Endpoint("10.1.0.2", "test-node").Endpoint("10.1.0.3", "other")
                .Endpoint("10.1.0.4", "test-node", EndpointState.Unready).Endpoint("10.1.0.5", "test-node", EndpointState.Draining)
                .Endpoint("10.1.0.6", "test-node", EndpointState.ServingUnready).Endpoint("10.1.0.7").Object,
            Slice("ns/web-2").Port(9443, "https").Endpoint("10.1.0.1", "test-node").Endpoint("10.1.0.8", "test-node").Object);

        Sync();

        Assert.Equal(["ns/web:30000=3"], Seen);
    }

    [Fact]
    public void Only_services_with_a_health_check_port_have_a_check()
    {
        _cluster.Put(
            Svc("ns/a").ClusterIp("10.9.0.1").Port(80).Object,
            Svc("ns/b").ClusterIp("10.9.0.2").Port(80).NodePort(30080).ExternalLocal(30001).Object, // has one only where it is a LoadBalancer
            Svc("ns/c").ClusterIp("10.9.0.3").Port(80).LoadBalancer("1.2.3.4").ExternalLocal().Object,
            Slice("ns/d-1").Port(80).Endpoint("10.1.0.1", "test-node").Object); // row 215: endpoints of a Service that is not there

        Sync();

        Assert.Empty(_checks);
    }

    [Fact]
    public void Endpoints_come_and_go_in_the_same_check()
    {
        _cluster.Put(HealthFixture.Service("web", 30000));
        Sync();
        var check = Assert.Single(_checks).Value;
        Assert.Equal(0, check.LocalEndpoints);

        _cluster.Put(HealthFixture.Service("web", 30000, [.. Enumerable.Range(1, 18).Select(static i => $"10.1.0.{i}")]));
        Sync();
        Assert.Same(check, Assert.Single(_checks).Value);
        Assert.Equal(18, check.LocalEndpoints);

        _cluster.Delete(Slice("ns/web-1").Object);
        Sync();
        Assert.Same(check, Assert.Single(_checks).Value);
        Assert.Equal(0, check.LocalEndpoints);
    }

    [Fact]
    public void Another_port_is_another_check_and_the_old_one_is_closed()
    {
        _cluster.Put(HealthFixture.Service("web", 30000, "10.1.0.1"));
        Sync();
        var old = Assert.Single(_checks).Value;

        _cluster.Put(HealthFixture.Service("web", 30001, "10.1.0.1"));
        Sync();

        Assert.Equal(["ns/web:30001=1"], Seen);
        Assert.True(old.IsClosed);
    }

    [Theory]
    [InlineData("deleted")]
    [InlineData("policy Cluster")]
    [InlineData("type ClusterIP")]
    public void A_service_without_a_port_any_more_has_no_check(string how)
    {
        _cluster.Put(HealthFixture.Service("web", 30000, "10.1.0.1")).Put(HealthFixture.Service("other", 30001, "10.1.0.2"));
        Sync();
        var check = _checks[Key("ns/web")];

        var service = Svc("ns/web").ClusterIp("10.9.0.1").Port(80);
        if (how == "deleted") _cluster.Delete(service);
        else _cluster.Put(how == "policy Cluster" ? service.LoadBalancer("1.2.3.4").Object : service.Object);
        Sync();

        Assert.Equal(["ns/other:30001=1"], Seen);
        Assert.True(check.IsClosed);
    }

    [Fact]
    public void What_the_kernel_refused_stays_as_it_was_until_it_is_accepted()
    {
        _cluster.Put(HealthFixture.Service("web", 30000, "10.1.0.1"));
        Sync();
        _cluster.Put(HealthFixture.Service("web", 30000, "10.1.0.1", "10.1.0.2")).Put(HealthFixture.Service("new", 30001, "10.1.0.3"));

        Sync(Spn("ns/web"), Spn("ns/new"));
        Assert.Equal(["ns/web:30000=1"], Seen);

        Sync(Spn("ns/new"));
        Assert.Equal(["ns/web:30000=2"], Seen);

        Sync();
        Assert.Equal(["ns/new:30001=1", "ns/web:30000=2"], Seen);
    }

    [Fact]
    public void A_full_sync_changes_what_is_different_and_nothing_else()
    {
        _cluster.Put(HealthFixture.Service("web", 30000, "10.1.0.1")).Put(HealthFixture.Service("gone", 30001, "10.1.0.2"));
        Sync();
        var check = _checks[Key("ns/web")];

        _node = _node with { IPv4 = Ip("192.0.2.1") };
        _cluster.Delete(Svc("ns/gone")).Put(HealthFixture.Service("new", 30001, "10.1.0.3"));
        Assert.True(Sync().IsFull);

        Assert.Equal(["ns/new:30001=1", "ns/web:30000=1"], Seen);
        Assert.Same(check, _checks[Key("ns/web")]);
    }

    [Fact]
    public void Whatever_happens_the_checks_are_those_of_the_last_snapshot()
    {
        var random = new Random(7);
        for (var turn = 0; turn < 300; turn++)
        {
            var name = $"svc{random.Next(5)}";
            var endpoints = Enumerable.Range(1, random.Next(4)).Select(static i => $"10.1.0.{i}").ToArray();
            if (random.Next(4) == 0) _cluster.Delete(Svc($"ns/{name}"));
            else _cluster.Put(HealthFixture.Service(name, (ushort)(30000 + random.Next(3)), endpoints));
            if (random.Next(10) == 0) _node = _node with { IPv4 = Ip($"192.0.2.{turn % 200}") };
            if (random.Next(3) == 0) continue;

            var report = Sync();

            var afresh = new ServiceHealthTracker(IpFamily.IPv4);
            var wanted = new List<(ObjectKey Service, ServiceHealthCheck? Check)>();
            afresh.Apply(report with { Previous = null }, wanted);
            Assert.Equal(wanted.Select(static w => Text(w.Check!)).Order(StringComparer.Ordinal), Seen);
        }
    }

    private IEnumerable<string> Seen => _checks.Values.Select(Text).Order(StringComparer.Ordinal);

    private static string Text(ServiceHealthCheck check)
    {
        Assert.False(check.IsClosed);
        return $"{check.Service}:{check.Port}={check.LocalEndpoints}";
    }

    private SyncReport Sync(params ServicePortName[] refused)
    {
        var built = _builder.Build(_node, NodePortAddresses.Everywhere);
        _builder.Commit(built, refused);
        var report = new SyncReport
        {
            Desired = built,
            Previous = _previous,
            Result = new ApplyResult([.. refused.Select(static name => new Refusal(name, "no"))], 0),
            Elapsed = TimeSpan.Zero,
        };
        _previous = built;
        var changed = new List<(ObjectKey Service, ServiceHealthCheck? Check)>();
        _tracker.Apply(report, changed);
        foreach (var (service, check) in changed)
        {
            if (check is null) Assert.True(_checks.Remove(service));
            else _checks[service] = check;
        }

        return report;
    }
}
