using System.Collections.Immutable;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Shunt.Backends;
using Shunt.Model;
using Shunt.Proxy.Options;
using Shunt.Proxy.State;

namespace Shunt.Proxy.Sync;

/// <summary>
/// The one task that owns cluster state and dataplanes: takes in all events that are ready, and when the cluster is known and a sync is due,
/// syncs one family after the other. What fails in one family costs the other nothing.
/// </summary>
internal sealed class SyncLoop
{
    private const int MaxFailuresOnce = 3;
    private const int MaxEventsPerTurn = 4096;

    private readonly ClusterState _cluster;
    private readonly NodeView _node;
    private readonly Func<NodeInfo, ImmutableArray<FamilySync>> _start;
    private readonly SyncSettings _settings;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly NodeWatch _watch;
    private readonly HeapTrimmer _heap = new();
    private readonly SyncSignals _signals = new();
    private ImmutableArray<FamilySync> _families;

    /// <summary>A loop that has not heard of the cluster yet.</summary>
    /// <param name="cluster">The cluster's state; from now on the loop's alone.</param>
    /// <param name="node">This node.</param>
    /// <param name="start">
    /// Makes the families' dataplanes, the primary family first, once the cluster's state is complete; what it throws ends the loop.
    /// </param>
    /// <param name="settings">How often things happen.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Told about failures and repairs.</param>
    public SyncLoop(
        ClusterState cluster, NodeView node, Func<NodeInfo, ImmutableArray<FamilySync>> start, SyncSettings settings, TimeProvider time, ILogger logger)
    {
        _cluster = cluster;
        _node = node;
        _start = start;
        _settings = settings;
        _time = time;
        _logger = logger;
        _watch = new NodeWatch(node.Current().Name, settings, time, logger);
    }

    /// <summary>The families, the primary first; <c>default</c> until the cluster's state is complete.</summary>
    public ImmutableArray<FamilySync> Families => _families;

    /// <summary>Keeps the kernel as desired until cancelled.</summary>
    /// <exception cref="AgentStoppedException">It cannot go on.</exception>
    /// <exception cref="Exception">What the source of the events ended with.</exception>
    public async Task RunAsync(ChannelReader<WatchEvent> events, CancellationToken ct)
    {
        try
        {
            while (true)
            {
                var due = await TurnAsync(events, ct);
                if (due != TimeSpan.Zero) _heap.Idle();
                await WaitAsync(events, due, ct);
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // Asked to end: the rules stay, and so does the traffic.
        }
    }

    /// <summary>Makes the kernel as desired once.</summary>
    /// <returns>True when it is; false when something was refused, or it was given up.</returns>
    /// <exception cref="AgentStoppedException">It cannot go on.</exception>
    public async Task<bool> RunOnceAsync(ChannelReader<WatchEvent> events, CancellationToken ct)
    {
        var start = _time.GetTimestamp();
        while (true)
        {
            var due = await TurnAsync(events, ct);
            if (Outcome(start) is { } outcome) return outcome;
            var left = _settings.ListTimeout - _time.GetElapsedTime(start);
            if (_families.IsDefault && (due is null || due > left)) due = left;
            await WaitAsync(events, due, ct);
        }
    }

    /// <summary>
    /// An address of this machine came or went: the loop looks whether node ports are served elsewhere now. For any thread; returns at once.
    /// </summary>
    public void AddressesChanged() => _signals.AddressesChanged();

    /// <summary>
    /// Somebody else changed what is ours in the kernel, or may have: the loop reads it back and repairs it. For any thread; returns at once.
    /// </summary>
    public void KernelChanged(KernelChange change) => _signals.KernelChanged(change);

    /// <summary>Takes in what is ready and does what is due.</summary>
    /// <returns>How long until something is due, if no event comes; null when nothing will be.</returns>
    internal async ValueTask<TimeSpan?> TurnAsync(ChannelReader<WatchEvent> events, CancellationToken ct)
    {
        var changed = TakeIn(events);
        _signals.Rearm(); // before the start too, or waiting would not wait
        var moved = _signals.TakeAddressesChanged();
        if (!_cluster.IsSynced) return null;
        if (_families.IsDefault && !TryStart()) return _watch.DueIn;
        _watch.Check(_cluster.Node);
        TimeSpan? next = null;
        foreach (var family in _families)
        {
            if (changed) family.Request();
            else if (moved) family.RequestIfMoved(_node);
            if (_signals.TakeKernelChange(family.Family) is { } kernelChange) family.KernelChanged(kernelChange);
            await TendAsync(family, ct);
            if (next is null || family.DueIn < next) next = family.DueIn;
        }

        return next;
    }

    /// <summary>Applies the events that are ready; not without end, so that a flood of them cannot put off syncing.</summary>
    private bool TakeIn(ChannelReader<WatchEvent> events)
    {
        var taken = 0;
        while (taken < MaxEventsPerTurn && events.TryRead(out var e))
        {
            _cluster.Apply(e);
            taken++;
        }

        return taken > 0 && _cluster.HasPending;
    }

    private bool TryStart()
    {
        if (!_watch.IsReady(_cluster.Node)) return false;
        var node = _node.Current();
        _watch.Begin(_cluster.Node, node.Address(_node.Primary()));
        _families = _start(node);
        foreach (var family in _families) family.RequestNow();
        Log.UsingProxier(_logger, _families[0].Mode);
        if (_families.Length > 1) Log.DualStack(_logger, _families[0].Family);
        else Log.SingleStack(_logger, _families[0].Family);
        return true;
    }

    private async ValueTask TendAsync(FamilySync family, CancellationToken ct)
    {
        try
        {
            await family.TendAsync(_node, ct);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception e)
        {
            // The one catch-all of the agent: whatever it is, traffic is better served by trying again than by ending.
            family.Failed(e);
        }
    }

    /// <summary>For a single run: true or false when it is over.</summary>
    private bool? Outcome(long start)
    {
        if (_families.IsDefault)
        {
            if (_time.GetElapsedTime(start) < _settings.ListTimeout) return null;
            Log.NoClusterState(_logger, GoDuration.Format(_settings.ListTimeout));
            return false;
        }

        var allInSync = true;
        var refused = 0;
        foreach (var family in _families)
        {
            allInSync &= family.InSync;
            refused += family.Refused;
            if (family.Failures < MaxFailuresOnce) continue;
            Log.GaveUp(_logger, family.Failures, family.Family);
            return false;
        }

        if (!allInSync) return null;
        Log.InSync(_logger, refused);
        return refused == 0;
    }

    /// <summary>Waits for an event, but not longer than until something is due.</summary>
    private async Task WaitAsync(ChannelReader<WatchEvent> events, TimeSpan? due, CancellationToken ct)
    {
        if (due == TimeSpan.Zero) return;
        var isOver = events.Completion.IsCompleted;
        if (isOver) await events.Completion; // a source that failed ends the agent; from one that had no more to say on, only time goes on
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var told = _signals.WaitAsync(either.Token);
        var readable = isOver ? told : events.WaitToReadAsync(either.Token).AsTask();
        var delay = Task.Delay(due ?? Timeout.InfiniteTimeSpan, _time, either.Token);
        await Task.WhenAny(readable, told, delay);
        await either.CancelAsync();
        ct.ThrowIfCancellationRequested();
    }
}
