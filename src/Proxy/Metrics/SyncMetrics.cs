using Shunt.Proxy.Metrics.Exposition;
using Shunt.Proxy.Options;

namespace Shunt.Proxy.Metrics;

/// <summary>kube-proxy's metrics of syncs, whatever the mode; those with the mode's own names are in sets of their own.</summary>
internal sealed class SyncMetrics
{
    /// <summary>Registers them.</summary>
    public SyncMetrics(MetricRegistry registry, ProxyMode mode)
    {
        const string family = FamilyLabel.Name;
        var partial = mode is ProxyMode.Iptables or ProxyMode.Nftables;
        Duration = registry.AddHistograms(
            MetricDescription.Alpha("kubeproxy_sync_proxy_rules_duration_seconds", MetricKind.Histogram, "SyncProxyRules latency in seconds", family),
            Buckets.SyncDuration);
        FullDuration = registry.AddIf(partial, MetricRegistry.Histograms(
            MetricDescription.Alpha(
                "kubeproxy_sync_full_proxy_rules_duration_seconds", MetricKind.Histogram, "SyncProxyRules latency in seconds for full resyncs", family),
            Buckets.SyncDuration));
        PartialDuration = registry.AddIf(partial, MetricRegistry.Histograms(
            MetricDescription.Alpha(
                "kubeproxy_sync_partial_proxy_rules_duration_seconds", MetricKind.Histogram, "SyncProxyRules latency in seconds for partial resyncs", family),
            Buckets.SyncDuration));
        Last = registry.AddGauges(MetricDescription.Alpha(
            "kubeproxy_sync_proxy_rules_last_timestamp_seconds", MetricKind.Gauge, "The last time proxy rules were successfully synced", family));
        LastQueued = registry.AddGauges(MetricDescription.Alpha(
            "kubeproxy_sync_proxy_rules_last_queued_timestamp_seconds", MetricKind.Gauge, "The last time a sync of proxy rules was queued", family));
        NetworkProgramming = registry.AddHistograms(
            MetricDescription.Alpha(
                "kubeproxy_network_programming_duration_seconds", MetricKind.Histogram, "In Cluster Network Programming Latency in seconds", family),
            Buckets.NetworkProgramming);
        NoLocalEndpoints = registry.AddGauges(MetricDescription.Alpha(
            "kubeproxy_sync_proxy_rules_no_local_endpoints_total", MetricKind.Gauge,
            "Number of services with a Local traffic policy and no endpoints", family, "traffic_policy"));
    }

    /// <summary>How long syncs took, those that failed too; by family.</summary>
    public MetricVector<Histogram> Duration { get; }

    /// <summary>The same for syncs relative to nothing.</summary>
    public MetricVector<Histogram> FullDuration { get; }

    /// <summary>The same for all other syncs.</summary>
    public MetricVector<Histogram> PartialDuration { get; }

    /// <summary>When the last sync succeeded, in Unix time; by family.</summary>
    public MetricVector<Gauge> Last { get; }

    /// <summary>When a sync was last asked for, in Unix time; by family.</summary>
    public MetricVector<Gauge> LastQueued { get; }

    /// <summary>From a change in the cluster to its coming into force here; by family.</summary>
    public MetricVector<Histogram> NetworkProgramming { get; }

    /// <summary>Service ports whose policy is Local, and whose endpoints are all elsewhere; by family and policy.</summary>
    public MetricVector<Gauge> NoLocalEndpoints { get; }
}
