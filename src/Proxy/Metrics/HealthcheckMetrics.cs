using Shunt.Proxy.Metrics.Exposition;

namespace Shunt.Proxy.Metrics;

/// <summary>The page <c>/metrics/slis</c>: how the health checks of the metrics server came out (KEP-3466).</summary>
internal sealed class HealthcheckMetrics
{
    private readonly MetricVector<Gauge> _last;
    private readonly MetricVector<Counter> _total;

    /// <summary>A page without series.</summary>
    public HealthcheckMetrics()
    {
        _last = Registry.AddGauges(new MetricDescription(
            "kubernetes_healthcheck", MetricKind.Gauge, "This metric records the result of a single healthcheck.")
        {
            Stability = MetricStability.Stable,
            Labels = ["name", "type"],
        });
        _total = Registry.AddCounters(new MetricDescription(
            "kubernetes_healthchecks_total", MetricKind.Counter, "This metric records the results of all healthcheck.")
        {
            Stability = MetricStability.Stable,
            Labels = ["name", "status", "type"],
        });
    }

    /// <summary>What is on the page.</summary>
    public MetricRegistry Registry { get; } = new();

    /// <summary>The check was made, and was passed.</summary>
    /// <param name="name">The check.</param>
    /// <param name="type">The page it was made for.</param>
    public void Passed(string name, string type)
    {
        _last[new LabelValues(name, type)].Value = 1;
        _total[new LabelValues(name, "success", type)].Add();
    }

    /// <summary>Forgets everything.</summary>
    public void Reset()
    {
        _last.Reset();
        _total.Reset();
    }
}
