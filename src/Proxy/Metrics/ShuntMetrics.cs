using Shunt.Model;
using Shunt.Proxy.Metrics.Exposition;
using Shunt.Proxy.State;

namespace Shunt.Proxy.Metrics;

/// <summary>What kube-proxy has no metrics for.</summary>
internal sealed class ShuntMetrics
{
    private readonly MetricVector<Counter> _watchEvents;

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
        Drifts = registry.AddCounters(MetricDescription.Own(
            "shunt_drift_repairs_total", MetricKind.Counter, "Times the kernel was found to be not as it was left, and was repaired", family));
        BytesSent = registry.AddCounters(MetricDescription.Own(
            "shunt_sync_bytes_sent_total", MetricKind.Counter, "Bytes of rules that were sent to the kernel", family));
        _watchEvents = registry.AddCounters(MetricDescription.Own(
            "shunt_watch_events_total", MetricKind.Counter, "Events that were taken in, by the kind of object; a list counts as one", "kind"));
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
    public MetricVector<Counter> Drifts { get; }

    /// <summary>By family.</summary>
    public MetricVector<Counter> BytesSent { get; }

    /// <summary>An event about an object of that kind was taken in.</summary>
    public void WatchEvent(ObjectKind kind) => _watchEvents[NameOf(kind)].Add();

    /// <summary>A family begins: what is counted for it is on the page from now on, so that its first increase shows.</summary>
    public void Begin(IpFamily family)
    {
        var label = FamilyLabel.Of(family);
        Synced[label].Value = 0;
        Refused[label].Value = 0;
        Drifts[label].Add(0);
        BytesSent[label].Add(0);
    }

    private static string NameOf(ObjectKind kind) => kind switch
    {
        ObjectKind.Service => "Service",
        ObjectKind.EndpointSlice => "EndpointSlice",
        ObjectKind.ServiceCidr => "ServiceCIDR",
        _ => "Node",
    };
}
