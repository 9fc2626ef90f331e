using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Shunt.Backends;
using Shunt.Model;
using Shunt.Proxy.Options;
using Shunt.Proxy.State;

namespace Shunt.Proxy.Sync;

/// <summary>One address family: from the cluster's state to the kernel's. Owned by <see cref="SyncLoop"/>, which catches what it throws.</summary>
internal sealed class FamilySync
{
    private readonly IDataplane _dataplane;
    private readonly SnapshotBuilder _builder;
    private readonly SyncSettings _settings;
    private readonly ImmutableArray<ISyncObserver> _observers;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly SyncPacer _pacer;
    private readonly Quarantine _quarantine;
    private readonly VerificationPacer _verification;
    private NodePortAddresses? _nodePorts;
    private Attempt? _attempt;
    private long _checked;

    /// <summary>A family that has not been synced yet.</summary>
    public FamilySync(
        IDataplane dataplane, SnapshotBuilder builder, SyncSettings settings, ImmutableArray<ISyncObserver> observers, TimeProvider time, ILogger logger)
    {
        _dataplane = dataplane;
        _builder = builder;
        _settings = settings;
        _observers = observers;
        _time = time;
        _logger = logger;
        var verify = settings.VerifyPeriod > settings.MinSyncPeriod ? settings.VerifyPeriod : settings.MinSyncPeriod;
        _pacer = new SyncPacer(time, settings.MinSyncPeriod, settings.SyncPeriod, verify);
        _quarantine = new Quarantine(dataplane.Family, time, logger);
        _verification = new VerificationPacer(time, settings.VerifyPeriod, settings.MinRepairPeriod);
        _checked = time.GetTimestamp();
    }

    /// <summary>The family.</summary>
    public IpFamily Family => _dataplane.Family;

    /// <summary>The mode's name.</summary>
    public string Mode => _dataplane.Name;

    /// <summary>The last sync succeeded. What was refused in it counts in <see cref="Refused"/>.</summary>
    public bool InSync { get; private set; }

    /// <summary>How many syncs failed since the last that succeeded.</summary>
    public int Failures => _pacer.Failures;

    /// <summary>How many Service ports the kernel refuses.</summary>
    public int Refused => _quarantine.Names.Length;

    /// <summary>How long until <see cref="TendAsync"/> has something to do; zero when it has.</summary>
    public TimeSpan DueIn
    {
        get
        {
            var due = CheckIn;
            if (_pacer.DueIn is { } sync && sync < due) due = sync;
            if (InSync && _verification.CauseDueIn is { } verification && verification < due) due = verification;
            return due;
        }
    }

    private TimeSpan CheckIn
    {
        get
        {
            var wait = _settings.SyncPeriod - _time.GetElapsedTime(_checked);
            return wait > TimeSpan.Zero ? wait : TimeSpan.Zero;
        }
    }

    /// <summary>Something changed.</summary>
    public void Request()
    {
        _pacer.Request();
        foreach (var observer in _observers) observer.Requested(Family);
    }

    /// <summary>Something changed that cannot wait.</summary>
    public void RequestNow()
    {
        _pacer.RequestNow();
        foreach (var observer in _observers) observer.Requested(Family);
    }

    /// <summary>An address of this machine came or went. Most are of pods, and move no node port; then nothing has to be done.</summary>
    public void RequestIfMoved(NodeView node)
    {
        if (_nodePorts is not null && !_nodePorts.Equals(node.NodePorts(node.Current(), Family))) Request();
    }

    /// <summary>
    /// Somebody else changed what is ours in the kernel, or may have: it is read back and repaired. While the last sync is one that failed, that
    /// waits for the next, which reads the kernel too.
    /// </summary>
    public void KernelChanged(KernelChange change) => _verification.Heard(change);

    /// <summary>
    /// Does what is due: looks whether the rules are in place, compares what is in force with the kernel when somebody was heard to change it, syncs,
    /// and compares in any case after the first sync, and then now and then.
    /// </summary>
    public async ValueTask TendAsync(NodeView node, CancellationToken ct)
    {
        if (CheckIn == TimeSpan.Zero) await CheckAsync(node, ct);
        if (InSync && _verification.CauseDueIn == TimeSpan.Zero) await VerifyAsync(ct); // before the sync, which repairs what is found
        if (_pacer.DueIn == TimeSpan.Zero) await SyncAsync(node, ct);
        if (InSync && _verification.IsPeriodOver) await VerifyAsync(ct);
    }

    /// <summary>What <see cref="TendAsync"/> was doing failed. Nothing is forgotten; it is tried again.</summary>
    public void Failed(Exception exception)
    {
        InSync = false;
        _quarantine.Postpone();
        var retry = _pacer.Failed();
        if (_attempt is { } attempt)
        {
            foreach (var observer in _observers) observer.Failed(Family, attempt.IsFull, _time.GetElapsedTime(attempt.Start));
        }

        _attempt = null;
        Log.SyncFailed(_logger, exception, Family, GoDuration.Format(retry));
    }

    private async ValueTask CheckAsync(NodeView node, CancellationToken ct)
    {
        _checked = _time.GetTimestamp();
        foreach (var observer in _observers) observer.Tend(Family);
        if (!await _dataplane.IsIntactAsync(ct))
        {
            Log.Reloading(_logger, Mode, Family);
            RequestNow();
        }

        RequestIfMoved(node); // also where nobody tells when an interface gets another address
    }

    private async ValueTask SyncAsync(NodeView node, CancellationToken ct)
    {
        _pacer.Started();
        InSync = false;
        var current = node.Current();
        _nodePorts = node.NodePorts(current, Family);
        var built = _builder.Build(current, _nodePorts);
        _attempt = new Attempt(_time.GetTimestamp(), built.Delta.BaseVersion == 0);
        var previous = _quarantine.InForce;
        var desired = _quarantine.Hold(built);
        var plan = await _dataplane.PlanAsync(desired, ct);

        // Also an empty plan: it executes nothing, and the dataplane learns which snapshot is in force.
        var result = await plan.ApplyAsync(ct);
        _quarantine.Settle(desired, result.Refused);
        var triggers = _builder.Commit(built, _quarantine.Names.AsSpan());
        _pacer.Succeeded(_quarantine.DueIn);
        InSync = true;
        var elapsed = _time.GetElapsedTime(_attempt.Value.Start);
        _attempt = null;
        var report = new SyncReport { Desired = desired, Previous = previous, Result = result, Refused = Refused, Elapsed = elapsed, TriggerTimes = triggers };
        foreach (var observer in _observers) observer.Succeeded(report);
        if (!_logger.IsEnabled(LogLevel.Debug)) return;
        Log.SyncComplete(
            _logger, Family, GoDuration.Format(elapsed), desired.Services.Count, desired.EndpointCount, built.Delta.Changed.Length, result.BytesSent);
    }

    private async ValueTask VerifyAsync(CancellationToken ct)
    {
        if (_quarantine.InForce is not { } inForce) return;
        var drift = await _dataplane.VerifyAsync(inForce, ct);
        var cause = _verification.Cause;
        _verification.Verified();
        foreach (var observer in _observers) observer.Verified(Family, drift.Count);
        if (!drift.IsEmpty) RequestNow();
        Tell(drift, cause);
    }

    private void Tell(Drift drift, KernelChange? cause)
    {
        var count = drift.Count;
        if (drift.IsEmpty && cause is not null) Log.HarmlessChange(_logger, Mode, Family, cause.Process, cause.ProcessId, cause.What);
        else if (!drift.IsEmpty && cause is null) Log.Drifted(_logger, Mode, Family, count, DriftText.Of(drift));
        else if (!drift.IsEmpty) Log.DriftedBy(_logger, Mode, Family, count, DriftText.Of(drift), cause!.Process, cause.ProcessId, cause.What);
    }

    /// <summary>A sync that is under way.</summary>
    private readonly record struct Attempt(long Start, bool IsFull);
}
