using System.Net.NetworkInformation;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Shunt.Backends;
using Shunt.Backends.Conntrack;
using Shunt.Model;
using Shunt.Netlink;
using Shunt.Proxy.State;
using Shunt.Proxy.Sync;
using Shunt.Testing.Builders;
using Shunt.Testing.Conntrack;
using Shunt.Testing.Logging;
using static Shunt.Testing.Builders.Build;
using static Shunt.Testing.Conntrack.TrackedFlowSpec;

namespace Shunt.Proxy.Tests.Sync;

/// <summary>When flows are looked at after syncs, and what becomes of it when that fails.</summary>
public sealed class FlowCleanupTests : IDisposable
{
    private static readonly TrackedFlowSpec First = Of(Protocol.Udp, "10.244.1.5:4000", "10.96.0.1:53", "10.244.1.1:53");
    private static readonly TrackedFlowSpec Second = Of(Protocol.Udp, "10.244.1.5:4001", "10.96.0.1:53", "10.244.1.2:53");
    private static readonly TrackedFlowSpec Left = Of(Protocol.Udp, "10.244.1.5:4002", "10.96.0.99:53", "10.244.1.9:53");

    private readonly ClusterState _cluster = ClusterStateExtensions.NewCluster();
    private readonly SnapshotBuilder _builder;
    private readonly FakeConntrack _table = new();
    private readonly FakeTimeProvider _time = new();
    private readonly RecordingLogger _logger = new();
    private readonly List<(IpFamily Family, long Deleted)> _swept = [];
    private readonly List<bool> _scopes = [];
    private readonly FlowCleanup _cleanup;
    private DesiredState? _previous;
    private bool _addressesFail;

    public FlowCleanupTests()
    {
        _builder = new SnapshotBuilder(IpFamily.IPv4, _cluster);
        _cleanup = new FlowCleanup(
            new ConntrackSweeper(_table.Open, _logger).Sweep,
            (_, needsAddresses) =>
            {
                _scopes.Add(needsAddresses);
                if (_addressesFail) throw new NetworkInformationException(5);
                return new FlowScope { NodeAddresses = new HashSet<IpAddr>(), ServiceCidrs = [IpPrefix.Parse("10.96.0.0/12")] };
            },
            (family, _, deleted) => _swept.Add((family, deleted)),
            _time,
            _logger);
        _cluster.Put(Svc("ns/dns").ClusterIp("10.96.0.1").Port(53, protocol: Protocol.Udp).Object, Dns("10.244.1.1", "10.244.1.2"));
        _table.Create(First, Second, Left);
    }

    [Fact]
    public void The_first_sync_looks_at_all_flows_once()
    {
        Sync();

        Assert.Equal([First, Second], _table.Flows);
        Assert.Equal([(IpFamily.IPv4, 1L)], _swept);
        Assert.Equal(1, _table.Dumps);
    }

    [Fact]
    public void A_change_costs_a_dump_only_when_flows_depend_on_it()
    {
        Sync();

        _cluster.Put(Dns("10.244.1.1", "10.244.1.2", "10.244.1.3"));
        Sync();
        Assert.Equal(1, _table.Dumps);

        _cluster.Put(Dns("10.244.1.1"));
        Sync();
        Assert.Equal(2, _table.Dumps);
        Assert.Equal([First], _table.Flows);
        Assert.Equal([true, false], _scopes); // there is no node port, so the node's addresses do not matter

        Sync();
        Assert.Equal(2, _table.Dumps);
    }

    [Fact]
    public void What_failed_stays_due_and_is_tried_again_later_each_time()
    {
        Sync();
        _cluster.Put(Dns("10.244.1.1"));
        _table.DumpErrors.Enqueue(NetlinkErrno.ENOBUFS);
        _table.DumpErrors.Enqueue(NetlinkErrno.ENOBUFS);

        Sync();
        Tend();
        Assert.Equal(2, _table.Dumps); // not yet
        Pass(TimeSpan.FromSeconds(5));
        Assert.Equal(3, _table.Dumps);

        _cluster.Delete(Dns("10.244.1.1"));
        Sync(); // comes on top of what is due
        Assert.Equal([First, Second], _table.Flows);
        Pass(TimeSpan.FromSeconds(10));
        Assert.Empty(_table.Flows);
        Assert.Equal(2, _logger.Count("\"Failed to list conntrack entries\""));
        Assert.Equal([1L, 2L], _swept.Select(static swept => swept.Deleted)); // those that failed are not told
    }

    [Fact]
    public void Where_it_is_impossible_it_is_said_once_and_seldom_tried_until_it_is_possible()
    {
        for (var i = 0; i < 3; i++) _table.DumpErrors.Enqueue(NetlinkErrno.EPERM);

        Sync();
        _cluster.Put(Dns("10.244.1.1"));
        Sync();
        Assert.Equal(1, _table.Dumps);
        Pass(TimeSpan.FromMinutes(5));
        Pass(TimeSpan.FromMinutes(5));
        Assert.Equal(3, _table.Dumps);
        Assert.Equal(1, _logger.Lines.Count(static line => line.Level >= LogLevel.Warning));
        Assert.Equal(1, _logger.Count("\"Stale UDP and SCTP flows are left to time out"));
        Assert.Empty(_swept);

        Pass(TimeSpan.FromMinutes(5));
        Assert.Equal([First], _table.Flows);
    }

    [Fact]
    public void Addresses_that_cannot_be_read_put_it_off_and_fail_no_sync()
    {
        _addressesFail = true;
        Sync();
        Assert.Equal(0, _table.Dumps);
        Assert.Equal(1, _logger.Count("\"Failed to read this node's addresses"));

        _addressesFail = false;
        Pass(TimeSpan.FromSeconds(5));
        Assert.Equal([First, Second], _table.Flows);
    }

    [Fact]
    public void What_the_kernel_refused_is_looked_at_again_when_it_is_accepted()
    {
        Sync();
        _cluster.Put(Dns("10.244.1.1"));
        Sync("ns/dns");
        _table.Create(Second); // by the rules that are still in force

        Sync();

        Assert.Equal([First], _table.Flows);
        Assert.Equal(3, _table.Dumps);
        Sync();
        Assert.Equal(3, _table.Dumps);
    }

    [Fact]
    public void What_waits_as_it_was_is_nothing_to_look_at_again()
    {
        Sync();
        var inForce = _previous!.Services;
        _cluster.Put(Dns("10.244.1.1"));
        Sync("ns/dns");

        for (var i = 0; i < 3; i++) Report(_builder.Build(ClusterStateExtensions.TestNode, NodePortAddresses.Everywhere) with { Services = inForce }, ["ns/dns"], []);
        Assert.Equal(2, _table.Dumps);
        _table.Create(Second);
        Sync();
        Assert.Equal([First], _table.Flows);
    }

    public void Dispose() => _table.Dispose();

    private static EndpointSliceObject Dns(params string[] endpoints) => Slice("ns/dns-1").Port(53, protocol: Protocol.Udp).Endpoints(endpoints);

    private void Pass(TimeSpan time)
    {
        _time.Advance(time);
        Tend();
    }

    private void Tend() => _cleanup.Tend(IpFamily.IPv4);

    private void Sync(params string[] refused) => Report(_builder.Build(ClusterStateExtensions.TestNode, NodePortAddresses.Everywhere), refused, refused);

    private void Report(DesiredState desired, string[] pending, string[] refused)
    {
        _cleanup.Succeeded(new SyncReport
        {
            Desired = desired,
            Previous = _previous,
            Result = new ApplyResult([.. refused.Select(static name => new Refusal(Spn(name, Protocol.Udp), "no"))], 0),
            Elapsed = TimeSpan.Zero,
        });
        _previous = desired;
        if (pending == refused) _builder.Commit(desired, pending.Select(static name => Spn(name, Protocol.Udp)).ToArray());
    }
}
