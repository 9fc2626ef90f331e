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
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly SyncPacer _pacer;
    private readonly Quarantine _quarantine;
    private NodePortAddresses? _nodePorts;
    private long _checked;
    private long _verified;

    /// <summary>A family that has not been synced yet.</summary>
    public FamilySync(IDataplane dataplane, SnapshotBuilder builder, SyncSettings settings, TimeProvider time, ILogger logger)
    {
        _dataplane = dataplane;
        _builder = builder;
        _settings = settings;
        _time = time;
        _logger = logger;
        var verify = settings.VerifyPeriod > settings.MinSyncPeriod ? settings.VerifyPeriod : settings.MinSyncPeriod;
        _pacer = new SyncPacer(time, settings.MinSyncPeriod, settings.SyncPeriod, verify);
        _quarantine = new Quarantine(dataplane.Family, time, logger);
        _checked = _verified = time.GetTimestamp();
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
    public void Request() => _pacer.Request();

    /// <summary>Something changed that cannot wait.</summary>
    public void RequestNow() => _pacer.RequestNow();

    /// <summary>Does what is due: looks whether the rules are in place, and syncs.</summary>
    public async ValueTask TendAsync(NodeView node, CancellationToken ct)
    {
        if (CheckIn == TimeSpan.Zero) await CheckAsync(node, ct);
        if (_pacer.DueIn == TimeSpan.Zero) await SyncAsync(node, ct);
    }

    /// <summary>What <see cref="TendAsync"/> was doing failed. Nothing is forgotten; it is tried again.</summary>
    public void Failed(Exception exception)
    {
        InSync = false;
        _quarantine.Postpone();
        var retry = _pacer.Failed();
        Log.SyncFailed(_logger, exception, Family, GoDuration.Format(retry));
    }

    private async ValueTask CheckAsync(NodeView node, CancellationToken ct)
    {
        _checked = _time.GetTimestamp();
        if (!await _dataplane.IsIntactAsync(ct))
        {
            Log.Reloading(_logger, Mode, Family);
            _pacer.RequestNow();
        }

        // Nobody tells when an interface gets another address, so it is noticed here.
        if (_nodePorts is not null && !_nodePorts.Equals(node.NodePorts(node.Current(), Family))) _pacer.Request();
    }

    private async ValueTask SyncAsync(NodeView node, CancellationToken ct)
    {
        var start = _time.GetTimestamp();
        _pacer.Started();
        InSync = false;
        var current = node.Current();
        _nodePorts = node.NodePorts(current, Family);
        var built = _builder.Build(current, _nodePorts);
        var desired = _quarantine.Hold(built);
        await VerifyAsync(desired, ct);
        var plan = await _dataplane.PlanAsync(desired, ct);

        // Also an empty plan: it executes nothing, and the dataplane learns which snapshot is in force.
        var result = await plan.ApplyAsync(ct);
        _quarantine.Settle(desired, result.Refused);
        _builder.Commit(built, _quarantine.Names.AsSpan());
        _pacer.Succeeded(_quarantine.DueIn);
        InSync = true;
        if (!_logger.IsEnabled(LogLevel.Debug)) return;
        var elapsed = GoDuration.Format(_time.GetElapsedTime(start));
        Log.SyncComplete(_logger, Family, elapsed, desired.Services.Count, desired.EndpointCount, built.Delta.Changed.Length, result.BytesSent);
    }

    private async ValueTask VerifyAsync(DesiredState desired, CancellationToken ct)
    {
        if (_time.GetElapsedTime(_verified) < _settings.VerifyPeriod) return;
        var drift = await _dataplane.VerifyAsync(desired, ct);
        _verified = _time.GetTimestamp();
        if (!drift.IsEmpty) Log.Drifted(_logger, Mode, Family, drift.Changes.Length);
    }
}
