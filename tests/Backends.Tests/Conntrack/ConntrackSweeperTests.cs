using Microsoft.Extensions.Logging;
using Shunt.Backends.Conntrack;
using Shunt.Model;
using Shunt.Netlink;
using Shunt.Testing.Conntrack;
using Shunt.Testing.Logging;
using static Shunt.Backends.Tests.Conntrack.FlowWorld;
using static Shunt.Testing.Conntrack.TrackedFlowSpec;

namespace Shunt.Backends.Tests.Conntrack;

public sealed class ConntrackSweeperTests : IDisposable
{
    private static readonly TrackedFlowSpec Stale = Of(Protocol.Udp, "10.244.1.5:4000", "10.96.0.1:53", "10.244.1.2:53", "198.51.100.2:999");
    private static readonly TrackedFlowSpec OtherStale = Of(Protocol.Udp, "10.244.1.5:4001", "10.96.0.1:53", "10.244.1.2:53") with { Zone = 5 };
    private static readonly TrackedFlowSpec Valid = Of(Protocol.Udp, "10.244.1.5:4002", "10.96.0.1:53", "10.244.1.1:53");
    private static readonly TrackedFlowSpec Tcp = Of(Protocol.Tcp, "10.244.1.5:4003", "10.96.0.1:53", "10.244.1.2:53");
    private static readonly TrackedFlowSpec V6 = Of(Protocol.Udp, "[fd00::5]:4004", "[fd00:96::1]:53", "[fd00::2]:53");

    private readonly FakeConntrack _table = new();
    private readonly RecordingLogger _logger = new();
    private readonly FlowWorld _world = new FlowWorld(Svc("ns/dns", "10.96.0.1", 53, "10.244.1.1:53", "10.244.1.2:53")).Swept()
        .Now(Svc("ns/dns", "10.96.0.1", 53, "10.244.1.1:53"));

    public ConntrackSweeperTests() => _table.Create(Stale, OtherStale, Valid, Tcp, V6);

    [Fact]
    public void The_stale_flows_go_after_one_dump_and_each_is_logged()
    {
        var swept = Sweep();

        Assert.Equal(new FlowSweep(FlowSweepOutcome.Done, 2), swept);
        Assert.Equal([Valid, Tcp, V6], _table.Flows);
        Assert.Equal((1, 1, (byte?)17), (_table.Opened, _table.Dumps, _table.AskedFor));
        Assert.Equal(
            [
                (LogLevel.Trace, "\"Started to reconcile conntrack entries\" ipFamily=\"IPv4\""),
                (LogLevel.Trace, "\"Deleting conntrack entry\" ipFamily=\"IPv4\" entry=\"Udp 10.96.0.1:53 by 10.244.1.2:53\""),
                (LogLevel.Trace, "\"Deleting conntrack entry\" ipFamily=\"IPv4\" entry=\"Udp 10.96.0.1:53 by 10.244.1.2:53\""),
                (LogLevel.Trace, "\"Finished reconciling conntrack entries\" ipFamily=\"IPv4\" entriesSeen=3 entriesDeleted=2"),
            ],
            _logger.Lines);
    }

    [Theory]
    [InlineData(NetlinkErrno.ERESTART, 1, 2)]
    [InlineData(NetlinkErrno.EINTR, 4, 5)]
    [InlineData(NetlinkErrno.EINTR, 9, 5)] // the fifth is taken for what it is
    public void A_dump_that_is_interrupted_is_made_again_a_few_times(NetlinkErrno error, int times, int dumps)
    {
        for (var i = 0; i < times; i++) _table.DumpErrors.Enqueue(error);

        Assert.Equal(new FlowSweep(FlowSweepOutcome.Done, 2), Sweep());
        Assert.Equal(dumps, _table.Dumps);
        Assert.Equal([Valid, Tcp, V6], _table.Flows);
    }

    [Theory]
    [InlineData(NetlinkErrno.EPERM)]
    [InlineData(NetlinkErrno.EINVAL)]
    public void Without_the_capability_or_the_kernels_part_it_is_impossible_which_is_for_the_caller_to_say(NetlinkErrno error)
    {
        _table.DumpErrors.Enqueue(error);

        Assert.Equal(new FlowSweep(FlowSweepOutcome.Impossible, 0, $"cannot list conntrack entries: {error}"), Sweep());
        Assert.Equal(["\"Started to reconcile conntrack entries\" ipFamily=\"IPv4\""], _logger.Lines.Select(static line => line.Text));
    }

    [Fact]
    public void Any_other_failure_is_an_error_in_the_log_and_deletes_nothing()
    {
        _table.DumpErrors.Enqueue(NetlinkErrno.ENOBUFS);

        Assert.Equal(FlowSweepOutcome.Failed, Sweep().Outcome);
        Assert.Equal(5, _table.Flows.Count);
        Assert.Equal((LogLevel.Error, "\"Failed to list conntrack entries\" err=\"cannot list conntrack entries: ENOBUFS\" ipFamily=\"IPv4\""), _logger.Lines[^1]);
        Assert.Equal(new FlowSweep(FlowSweepOutcome.Done, 2), Sweep());
    }

    [Fact]
    public void A_refused_deletion_is_a_failure_and_stops_no_other()
    {
        _table.DeleteErrors.Enqueue(NetlinkErrno.EBUSY);

        Assert.Equal(new FlowSweep(FlowSweepOutcome.Failed, 1, "cannot delete conntrack entries: EBUSY"), Sweep());
        Assert.Equal([Stale, Valid, Tcp, V6], _table.Flows);
    }

    [Fact]
    public void A_socket_that_cannot_be_had_is_no_exception()
    {
        var sweeper = new ConntrackSweeper(static () => throw new NetlinkException("open a NETLINK_NETFILTER socket", NetlinkErrno.EPROTONOSUPPORT), _logger);

        Assert.Equal(FlowSweepOutcome.Impossible, sweeper.Sweep(IpFamily.IPv4, _world.Judge).Outcome);
    }

    public void Dispose() => _table.Dispose();

    private FlowSweep Sweep() => new ConntrackSweeper(_table.Open, _logger).Sweep(IpFamily.IPv4, _world.Judge);
}
