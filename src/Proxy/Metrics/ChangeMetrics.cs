using Shunt.Proxy.Metrics.Exposition;

namespace Shunt.Proxy.Metrics;

/// <summary>kube-proxy's metrics of changes that come in.</summary>
internal sealed class ChangeMetrics
{
    /// <summary>Registers them.</summary>
    public ChangeMetrics(MetricRegistry registry)
    {
        EndpointsPending = registry.AddGauge(MetricDescription.Alpha(
            "kubeproxy_sync_proxy_rules_endpoint_changes_pending", MetricKind.Gauge, "Pending proxy rules Endpoint changes"));
        Endpoints = registry.AddCounter(MetricDescription.Alpha(
            "kubeproxy_sync_proxy_rules_endpoint_changes_total", MetricKind.Counter, "Cumulative proxy rules Endpoint changes"));
        ServicesPending = registry.AddGauge(MetricDescription.Alpha(
            "kubeproxy_sync_proxy_rules_service_changes_pending", MetricKind.Gauge, "Pending proxy rules Service changes"));
        Services = registry.AddCounter(MetricDescription.Alpha(
            "kubeproxy_sync_proxy_rules_service_changes_total", MetricKind.Counter, "Cumulative proxy rules Service changes"));
    }

    /// <summary>Changes of EndpointSlices since the last sync that succeeded.</summary>
    public Gauge EndpointsPending { get; }

    /// <summary>Changes of EndpointSlices.</summary>
    public Counter Endpoints { get; }

    /// <summary>Services that changed since the last sync that succeeded.</summary>
    public Gauge ServicesPending { get; }

    /// <summary>Changes of Services; kube-proxy counts each once for each family.</summary>
    public Counter Services { get; }
}
