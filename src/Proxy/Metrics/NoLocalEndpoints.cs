using Shunt.Model;
using Shunt.Proxy.Metrics.Exposition;
using Shunt.Proxy.Sync;

namespace Shunt.Proxy.Metrics;

/// <summary>
/// One family's number of Service ports whose traffic policy is Local, which have no usable endpoint on this node but one elsewhere; counted
/// as kube-proxy counts them, but from what changed alone.
/// </summary>
internal sealed class NoLocalEndpoints
{
    private readonly Gauge _external;
    private readonly Gauge _internal;
    private int _externalCount;
    private int _internalCount;

    /// <summary>No Service ports.</summary>
    public NoLocalEndpoints(MetricVector<Gauge> gauges, IpFamily family)
    {
        _external = gauges[new LabelValues(FamilyLabel.Of(family), "external")];
        _internal = gauges[new LabelValues(FamilyLabel.Of(family), "internal")];
    }

    /// <summary>Takes in what a sync changed.</summary>
    public void Take(SyncReport report)
    {
        if (report.Previous is null) _externalCount = _internalCount = 0;
        foreach (var (before, after) in report.Changes())
        {
            _externalCount += (LacksExternal(after) ? 1 : 0) - (LacksExternal(before) ? 1 : 0);
            _internalCount += (LacksInternal(after) ? 1 : 0) - (LacksInternal(before) ? 1 : 0);
        }

        _external.Value = _externalCount;
        _internal.Value = _internalCount;
    }

    private static bool LacksExternal(ServiceEndpoints? service) => service is { Port.ExternalPolicyLocal: true } && HasOnlyOthers(service.Selection);

    private static bool LacksInternal(ServiceEndpoints? service) => service is { Port.InternalPolicyLocal: true } && HasOnlyOthers(service.Selection);

    private static bool HasOnlyOthers(EndpointSelection selection) => selection.HasAny && selection.Local.IsEmpty;
}
