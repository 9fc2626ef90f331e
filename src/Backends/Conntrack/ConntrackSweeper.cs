using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using Shunt.Model;
using Shunt.Netlink;
using Shunt.Netlink.Conntrack;

namespace Shunt.Backends.Conntrack;

/// <summary>Looks at the tracked flows and deletes the stale ones: one dump, then the deletions, many at once. One owner at a time.</summary>
public sealed class ConntrackSweeper
{
    private const int Attempts = 5;
    private const int KeepCapacity = 1024;

    private readonly Func<IConntrackTable> _open;
    private readonly ILogger _logger;
    private readonly Search _search = new();

    /// <param name="open">Opens the table; <see cref="ConntrackTable.Open"/>, but for tests.</param>
    /// <param name="logger">Told about what is deleted, and about failures worth another try.</param>
    public ConntrackSweeper(Func<IConntrackTable> open, ILogger logger)
    {
        _open = open;
        _logger = logger;
    }

    /// <summary>Of the kernel's table, in the network namespace of the thread that calls <see cref="Sweep"/>.</summary>
    public ConntrackSweeper(ILogger logger)
        : this(ConntrackTable.Open, logger)
    {
    }

    /// <summary>Deletes the stale flows of a family.</summary>
    public FlowSweep Sweep(IpFamily family, FlowJudge judge)
    {
        ArgumentNullException.ThrowIfNull(judge);
        Log.Started(_logger, family);
        try
        {
            using var table = _open();
            _search.Begin(judge);
            List(table, family, judge);
            return Delete(table, family);
        }
        catch (NetlinkException e) when (IsImpossible(e.Errno))
        {
            return new FlowSweep(FlowSweepOutcome.Impossible, 0, e.Message);
        }
        catch (Exception e) when (e is NetlinkException or InvalidDataException)
        {
            Log.ListFailed(_logger, e, family);
            return new FlowSweep(FlowSweepOutcome.Failed, 0, e.Message);
        }
        finally
        {
            _search.End();
        }
    }

    // nfnetlink answers EINVAL for a subsystem whose module is not there, and a kernel without nfnetlink refuses the socket or the send.
    private static bool IsImpossible(NetlinkErrno errno) => errno
        is NetlinkErrno.EPERM or NetlinkErrno.EACCES or NetlinkErrno.EINVAL or NetlinkErrno.EOPNOTSUPP
        or NetlinkErrno.EPROTONOSUPPORT or NetlinkErrno.EAFNOSUPPORT or NetlinkErrno.ECONNREFUSED;

    private void List(IConntrackTable table, IpFamily family, FlowJudge judge)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                table.Dump(family.ToNetfilter(), (byte?)judge.OnlyProtocol, _search, static (search, entry) => search.Take(entry));
                return;
            }
            catch (NetlinkException e) when (e.Errno is NetlinkErrno.ERESTART or NetlinkErrno.EINTR)
            {
                // What was found is there for all that, and is better deleted than left.
                if (attempt == Attempts)
                {
                    Log.Partial(_logger, family);
                    return;
                }

                _search.Begin(judge);
            }
        }
    }

    private FlowSweep Delete(IConntrackTable table, IpFamily family)
    {
        if (_logger.IsEnabled(LogLevel.Trace))
        {
            foreach (var flow in _search.Flows) Log.Deleting(_logger, family, flow.ToString());
        }

        ConntrackDeletion deletion;
        try
        {
            deletion = table.Delete(CollectionsMarshal.AsSpan(_search.Keys));
        }
        catch (NetlinkException e)
        {
            return DeleteFailed(family, 0, e.Errno);
        }

        if (deletion.Refusal != NetlinkErrno.None) return DeleteFailed(family, deletion.Deleted, deletion.Refusal);
        Log.Finished(_logger, family, _search.Seen, deletion.Deleted);
        return new FlowSweep(FlowSweepOutcome.Done, deletion.Deleted);
    }

    private FlowSweep DeleteFailed(IpFamily family, int deleted, NetlinkErrno errno)
    {
        Log.DeleteFailed(_logger, errno, family, deleted);
        return new FlowSweep(FlowSweepOutcome.Failed, deleted, $"cannot delete conntrack entries: {errno}");
    }

    /// <summary>What a dump is looked through for.</summary>
    private sealed class Search
    {
        private FlowJudge? _judge;

        public List<ConntrackKey> Keys { get; } = [];

        public List<TrackedFlow> Flows { get; } = [];

        public int Seen { get; private set; }

        public void Begin(FlowJudge judge)
        {
            _judge = judge;
            Keys.Clear();
            Flows.Clear();
            Seen = 0;
        }

        public void Take(ConntrackEntry entry)
        {
            Seen++;
            var protocol = (Protocol)entry.Original.Protocol;
            if (!StaleFlows.IsConcerned(protocol)) return;
            if (entry.Original.Destination.Length is not (4 or 16) || entry.Reply.Source.Length is not (4 or 16)) return;
            var flow = new TrackedFlow(
                protocol,
                IpAddr.FromBytes(entry.Original.Destination),
                entry.Original.DestinationPort,
                IpAddr.FromBytes(entry.Reply.Source),
                entry.Reply.SourcePort);
            if (!_judge!.IsStale(flow)) return; // set before a dump
            Keys.Add(entry.Key);
            Flows.Add(flow);
        }

        public void End()
        {
            _judge = null;
            Keys.Clear();
            Flows.Clear();
            if (Keys.Capacity <= KeepCapacity) return;
            Keys.Capacity = Flows.Capacity = 0;
        }
    }
}
