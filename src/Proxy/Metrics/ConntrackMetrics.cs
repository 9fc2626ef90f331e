using Shunt.Model;
using Shunt.Proxy.Metrics.Exposition;

namespace Shunt.Proxy.Metrics;

/// <summary>kube-proxy's metrics of the clean-up of connection tracking.</summary>
internal sealed class ConntrackMetrics
{
    private readonly MetricVector<Histogram> _duration;
    private readonly MetricVector<Counter> _deleted;

    /// <summary>Registers them.</summary>
    public ConntrackMetrics(MetricRegistry registry)
    {
        _duration = registry.AddHistograms(
            MetricDescription.Alpha(
                "kubeproxy_conntrack_reconciler_sync_duration_seconds", MetricKind.Histogram,
                "ReconcileConntrackFlowsLatency latency in seconds", FamilyLabel.Name),
            Buckets.SyncDuration);
        _deleted = registry.AddCounters(MetricDescription.Alpha(
            "kubeproxy_conntrack_reconciler_deleted_entries_total", MetricKind.Counter,
            "Cumulative conntrack flows deleted by conntrack reconciler", FamilyLabel.Name));
    }

    /// <summary>A clean-up came to its end.</summary>
    /// <param name="family">Whose flows.</param>
    /// <param name="elapsed">How long it took.</param>
    /// <param name="deleted">How many flows it deleted.</param>
    public void Swept(IpFamily family, TimeSpan elapsed, long deleted)
    {
        _duration[FamilyLabel.Of(family)].Observe(elapsed.TotalSeconds);
        _deleted[FamilyLabel.Of(family)].Add(deleted);
    }
}
