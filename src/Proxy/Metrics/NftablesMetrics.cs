using Shunt.Proxy.Metrics.Exposition;
using Shunt.Proxy.Options;

namespace Shunt.Proxy.Metrics;

/// <summary>kube-proxy's metrics of nftables.</summary>
internal sealed class NftablesMetrics
{
    /// <summary>Registers them if it is the mode.</summary>
    public NftablesMetrics(MetricRegistry registry, ProxyMode mode)
    {
        var nftables = mode == ProxyMode.Nftables;
        SyncFailures = registry.AddIf(nftables, MetricRegistry.Counters(MetricDescription.Alpha(
            "kubeproxy_sync_proxy_rules_nftables_sync_failures_total", MetricKind.Counter, "Cumulative proxy nftables sync failures", FamilyLabel.Name)));
        CleanupFailures = registry.AddIf(nftables, MetricRegistry.Counters(MetricDescription.Alpha(
            "kubeproxy_sync_proxy_rules_nftables_cleanup_failures_total", MetricKind.Counter,
            "Cumulative proxy nftables cleanup failures", FamilyLabel.Name)));
    }

    /// <summary>Transactions the kernel refused; by family.</summary>
    public MetricVector<Counter> SyncFailures { get; }

    /// <summary>Chains that could not be removed; by family.</summary>
    public MetricVector<Counter> CleanupFailures { get; }
}
