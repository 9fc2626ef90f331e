using Shunt.Proxy.Metrics.Exposition;
using Shunt.Proxy.Options;

namespace Shunt.Proxy.Metrics;

/// <summary>kube-proxy's metrics of iptables.</summary>
internal sealed class IptablesMetrics
{
    /// <summary>Registers those of the mode.</summary>
    /// <param name="registry">Where.</param>
    /// <param name="mode">The mode.</param>
    /// <param name="counters">The kernel's packet counters; nothing is said about one that is not there.</param>
    public IptablesMetrics(MetricRegistry registry, ProxyMode mode, Func<PacketCounts> counters)
    {
        const string family = FamilyLabel.Name;
        var iptables = mode == ProxyMode.Iptables;
        RestoreFailures = registry.AddIf(iptables || mode == ProxyMode.Ipvs, MetricRegistry.Counters(MetricDescription.Alpha(
            "kubeproxy_sync_proxy_rules_iptables_restore_failures_total", MetricKind.Counter, "Cumulative proxy iptables restore failures", family)));
        PartialRestoreFailures = registry.AddIf(iptables, MetricRegistry.Counters(MetricDescription.Alpha(
            "kubeproxy_sync_proxy_rules_iptables_partial_restore_failures_total", MetricKind.Counter,
            "Cumulative proxy iptables partial restore failures", family)));
        Total = registry.AddIf(iptables, MetricRegistry.Gauges(MetricDescription.Alpha(
            "kubeproxy_sync_proxy_rules_iptables_total", MetricKind.Gauge, "Total number of iptables rules owned by kube-proxy", family, "table")));
        Last = registry.AddIf(iptables, MetricRegistry.Gauges(MetricDescription.Alpha(
            "kubeproxy_sync_proxy_rules_iptables_last", MetricKind.Gauge, "Number of iptables rules written by kube-proxy in last sync", family, "table")));
        if (!iptables) return;

        var counts = default(PacketCounts);
        registry.OnScrape(() => counts = counters());
        registry.AddReading(
            MetricDescription.Alpha(
                "kubeproxy_iptables_ct_state_invalid_dropped_packets_total", MetricKind.Counter,
                "packets dropped by iptables to work around conntrack problems"),
            () => counts.InvalidDropped);
        registry.AddReading(
            MetricDescription.Alpha(
                "kubeproxy_iptables_localhost_nodeports_accepted_packets_total", MetricKind.Counter,
                "Number of packets accepted on nodeports of loopback interface"),
            () => counts.LocalhostNodePortsAccepted);
    }

    /// <summary>Transactions the kernel refused; by family.</summary>
    public MetricVector<Counter> RestoreFailures { get; }

    /// <summary>Those of them that were not of everything; by family.</summary>
    public MetricVector<Counter> PartialRestoreFailures { get; }

    /// <summary>Rules there are; by family and table.</summary>
    public MetricVector<Gauge> Total { get; }

    /// <summary>Rules the last sync wrote; by family and table.</summary>
    public MetricVector<Gauge> Last { get; }
}
