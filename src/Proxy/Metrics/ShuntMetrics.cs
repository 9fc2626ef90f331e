using Shunt.Model;
using Shunt.Proxy.Metrics.Exposition;

namespace Shunt.Proxy.Metrics;

/// <summary>What kube-proxy has no metrics for.</summary>
internal sealed class ShuntMetrics
{
    /// <summary>Registers them.</summary>
    /// <param name="registry">Where.</param>
    /// <param name="version">The agent's version.</param>
    /// <param name="mode">The mode's name.</param>
    public ShuntMetrics(MetricRegistry registry, string version, string mode)
    {
        const string family = FamilyLabel.Name;
        var build = registry.AddGauges(MetricDescription.Own("shunt_build_info", MetricKind.Gauge, "Always 1; the labels say what runs", "mode", "runtime", "version"));
        build[new LabelValues(mode, Environment.Version.ToString(), version)].Value = 1;
        Synced = registry.AddGauges(MetricDescription.Own(
            "shunt_synced", MetricKind.Gauge, "1 when the last sync succeeded, 0 when it failed", family));
        ServicePorts = registry.AddGauges(MetricDescription.Own(
            "shunt_service_ports", MetricKind.Gauge, "Ports of Services that are served, or would be but for a refusal", family));
        Endpoints = registry.AddGauges(MetricDescription.Own(
            "shunt_endpoints", MetricKind.Gauge, "Endpoints of these Service ports, usable or not", family));
        Refused = registry.AddGauges(MetricDescription.Own(
            "shunt_refused_service_ports", MetricKind.Gauge, "Service ports that the kernel refuses and that are tried again later", family));
        Verifications = registry.AddCounters(MetricDescription.Own(
            "shunt_verifications_total", MetricKind.Counter, "Times the kernel was read back and compared with what should be in force", family));
        Drifts = registry.AddCounters(MetricDescription.Own(
            "shunt_drift_repairs_total", MetricKind.Counter, "Times the kernel was found to be not as it was left, and was repaired", family));
        BytesSent = registry.AddCounters(MetricDescription.Own(
            "shunt_sync_bytes_sent_total", MetricKind.Counter, "Bytes of rules that were sent to the kernel", family));
    }

    /// <summary>Whether the kernel is as desired, as far as is known; by family.</summary>
    public MetricVector<Gauge> Synced { get; }

    /// <summary>By family.</summary>
    public MetricVector<Gauge> ServicePorts { get; }

    /// <summary>By family.</summary>
    public MetricVector<Gauge> Endpoints { get; }

    /// <summary>By family.</summary>
    public MetricVector<Gauge> Refused { get; }

    /// <summary>By family.</summary>
    public MetricVector<Counter> Verifications { get; }

    /// <summary>By family.</summary>
    public MetricVector<Counter> Drifts { get; }

    /// <summary>By family.</summary>
    public MetricVector<Counter> BytesSent { get; }

    /// <summary>A family begins: what is counted for it is on the page from now on, so that its first increase shows.</summary>
    public void Begin(IpFamily family)
    {
        var label = FamilyLabel.Of(family);
        Synced[label].Value = 0;
        Refused[label].Value = 0;
        Verifications[label].Add(0);
        Drifts[label].Add(0);
        BytesSent[label].Add(0);
    }
}
