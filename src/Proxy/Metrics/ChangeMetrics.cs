using Shunt.Proxy.Metrics.Exposition;
using Shunt.Proxy.State;

namespace Shunt.Proxy.Metrics;

/// <summary>kube-proxy's metrics of changes that come in, and ours; read from what the state of the cluster counts.</summary>
internal static class ChangeMetrics
{
    /// <summary>Registers them.</summary>
    /// <param name="registry">Where.</param>
    /// <param name="cluster">Of this only what may be read by any thread is read.</param>
    public static void Register(MetricRegistry registry, ClusterState cluster)
    {
        registry.AddReading(
            MetricDescription.Alpha("kubeproxy_sync_proxy_rules_endpoint_changes_pending", MetricKind.Gauge, "Pending proxy rules Endpoint changes"),
            () => cluster.EndpointChangesPending);
        registry.AddReading(
            MetricDescription.Alpha("kubeproxy_sync_proxy_rules_endpoint_changes_total", MetricKind.Counter, "Cumulative proxy rules Endpoint changes"),
            () => cluster.Counts.EndpointSlices);
        registry.AddReading(
            MetricDescription.Alpha("kubeproxy_sync_proxy_rules_service_changes_pending", MetricKind.Gauge, "Pending proxy rules Service changes"),
            () => cluster.ServiceChangesPending);

        // kube-proxy has a tracker for each family, and each counts.
        registry.AddReading(
            MetricDescription.Alpha("kubeproxy_sync_proxy_rules_service_changes_total", MetricKind.Counter, "Cumulative proxy rules Service changes"),
            () => cluster.Counts.Services * cluster.Families);

        registry
            .AddReadings(MetricDescription.Own("shunt_watch_events_total", MetricKind.Counter, "Objects that came, changed or went, by kind.", "kind"))
            .With(new LabelValues("EndpointSlice"), () => cluster.Counts.EndpointSlices)
            .With(new LabelValues("Service"), () => cluster.Counts.Services);
    }
}
