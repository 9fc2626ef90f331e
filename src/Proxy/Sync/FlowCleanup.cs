using System.Net.NetworkInformation;
using Microsoft.Extensions.Logging;
using Shunt.Backends.Conntrack;
using Shunt.Model;
using Shunt.Proxy.Options;

namespace Shunt.Proxy.Sync;

/// <summary>
/// After a sync, deletes the tracked UDP and SCTP flows that lead where the rules no longer would. Costs nothing unless something changed that
/// flows depend on. What could not be looked at stays due, and <see cref="Tend"/> tries again. Never fails a sync. Owned by the sync loop.
/// </summary>
internal sealed class FlowCleanup : ISyncObserver
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LastRetry = TimeSpan.FromMinutes(5);

    private readonly Func<IpFamily, FlowJudge, FlowSweep> _sweep;
    private readonly Func<DesiredState, bool, FlowScope> _scope;
    private readonly Action<IpFamily, TimeSpan, long> _swept;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly long _origin;
    private readonly Dictionary<IpFamily, FamilyFlows> _families = [];
    private bool _warned;

    /// <summary>One that knows of no sync yet.</summary>
    /// <param name="sweep">Looks at the tracked flows: <see cref="ConntrackSweeper.Sweep"/>.</param>
    /// <param name="scope">
    /// What must be known of the node for a snapshot; told whether the node's addresses matter, because reading them takes time. May throw
    /// <see cref="NetworkInformationException"/>.
    /// </param>
    /// <param name="swept">Told of each look at the flows: the family, how long it took, and how many were deleted.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Told when it cannot be done.</param>
    public FlowCleanup(
        Func<IpFamily, FlowJudge, FlowSweep> sweep,
        Func<DesiredState, bool, FlowScope> scope,
        Action<IpFamily, TimeSpan, long> swept,
        TimeProvider time,
        ILogger logger)
    {
        _sweep = sweep;
        _scope = scope;
        _swept = swept;
        _time = time;
        _logger = logger;
        _origin = time.GetTimestamp();
    }

    private TimeSpan Now => _time.GetElapsedTime(_origin);

    /// <summary>Takes in what changed, and if flows depend on it looks at them at once.</summary>
    public void Succeeded(SyncReport report)
    {
        if (!_families.TryGetValue(report.Family, out var family)) _families.Add(report.Family, family = new FamilyFlows());
        family.Take(report);
        SweepIfDue(family);
    }

    /// <summary>Looks at flows again where it failed and the time has come.</summary>
    public void Tend(IpFamily family)
    {
        if (_families.TryGetValue(family, out var flows)) SweepIfDue(flows);
    }

    private void SweepIfDue(FamilyFlows family)
    {
        if (!family.Flows.IsDue || Now < family.NotBefore || family.Latest is not { } desired) return;
        var start = _time.GetTimestamp();
        FlowSweep swept;
        try
        {
            var scope = _scope(desired, family.Flows.NeedsNodeAddresses);
            swept = _sweep(desired.Family, family.Flows.Judge(scope));
        }
        catch (NetworkInformationException e)
        {
            Log.NoNodeAddresses(_logger, e, desired.Family);
            swept = new FlowSweep(FlowSweepOutcome.Failed, 0, e.Message);
        }

        if (swept.Outcome == FlowSweepOutcome.Done || swept.Deleted > 0) _swept(desired.Family, _time.GetElapsedTime(start), swept.Deleted);
        Settle(family, desired.Family, swept);
    }

    private void Settle(FamilyFlows family, IpFamily ipFamily, FlowSweep swept)
    {
        switch (swept.Outcome)
        {
            case FlowSweepOutcome.Done:
                family.Flows.Swept();
                family.Retry = TimeSpan.Zero;
                family.NotBefore = TimeSpan.Zero;
                _warned = false;
                break;
            case FlowSweepOutcome.Impossible:
                // It may become possible, say when a module is loaded. Until then nothing is gathered.
                if (!_warned) Log.FlowCleanupImpossible(_logger, swept.Reason);
                _warned = true;
                family.Flows.Simplify();
                family.NotBefore = Now + LastRetry;
                break;
            default:
                family.Retry = family.Retry == TimeSpan.Zero ? FirstRetry : family.Retry * 2 < LastRetry ? family.Retry * 2 : LastRetry;
                family.NotBefore = Now + family.Retry;
                Log.FlowCleanupPutOff(_logger, ipFamily, GoDuration.Format(family.Retry));
                break;
        }
    }

    /// <summary>The flows of one family.</summary>
    private sealed class FamilyFlows
    {
        /// <summary>The Service ports that the kernel refused, each as it was in force; null for not at all, or not known.</summary>
        private readonly Dictionary<ServicePortName, ServiceEndpoints?> _refused = [];

        public StaleFlows Flows { get; } = new();

        public DesiredState? Latest { get; private set; }

        public TimeSpan NotBefore { get; set; }

        public TimeSpan Retry { get; set; }

        public void Take(SyncReport report)
        {
            if (report.IsFull || Latest is null) Flows.Restart(report.Desired.Services);
            if (report.Previous is not null)
            {
                foreach (var (before, after) in report.Changes()) Flows.Replace(before, after);
            }

            TakeAccepted(report);
            foreach (var refusal in report.Result.Refused)
            {
                _refused.TryAdd(refusal.Service, report.Previous?.Services.GetValueOrDefault(refusal.Service));
            }

            Latest = report.Desired;
        }

        /// <summary>
        /// What the kernel refused was not in force when flows were looked at, though the report had it; so flows have to be looked at once more
        /// when it is. Until then the reports have it as it was, or do not call it changed.
        /// </summary>
        private void TakeAccepted(SyncReport report)
        {
            if (_refused.Count == 0) return;
            foreach (var (name, before) in _refused.ToArray())
            {
                var current = report.Desired.Services.GetValueOrDefault(name);
                if (ReferenceEquals(before, current) && before is not null) continue;
                if (report.Desired.Delta.Changed.AsSpan().BinarySearch(name) < 0 || report.Result.Refused.Any(refusal => refusal.Service == name)) continue;
                Flows.Replace(before, current);
                _refused.Remove(name);
            }
        }
    }
}
