using System.Collections.Immutable;

namespace Shunt.Backends.Nftables;

/// <summary>Finds out which rules on demand a Service port needs.</summary>
internal static class Demands
{
    /// <summary>What is known with what the Service port needs besides; the same object when that is nothing.</summary>
    public static ImmutableSortedSet<Demand> Of(NftablesFragment fragment, ImmutableSortedSet<Demand> known)
    {
        var port = fragment.Port;
        var external = !port.ExternalIps.IsEmpty || !port.LoadBalancerVips.IsEmpty;
        known = Add(known, DemandKind.Endpoints, fragment.Internal);
        if (external) known = Add(known, DemandKind.Endpoints, fragment.Cluster);
        if (port.NodePort != 0) known = Add(known, DemandKind.NodePortEndpoints, fragment.Cluster);
        if (port.ExternalPolicyLocal)
        {
            if (external) known = Add(known, DemandKind.LocalEndpoints, fragment.Local);
            if (port.NodePort != 0) known = Add(known, DemandKind.LocalNodePortEndpoints, fragment.Local);
        }

        if (port.Affinity.ClientIp) known = known.Add(new Demand(DemandKind.AffinityTimeout, port.Affinity.TimeoutSeconds));
        var ranges = port.LoadBalancerSourceRanges;
        if (ranges.IsEmpty || port.LoadBalancerVips.IsEmpty) return known;
        foreach (var range in ranges) known = known.Add(new Demand(DemandKind.SourceRange, range.Length));
        return known.Add(new Demand(DemandKind.SourceRange, ranges[0].Address.BitLength)); // the load-balancer IP as a client
    }

    private static ImmutableSortedSet<Demand> Add(ImmutableSortedSet<Demand> known, DemandKind kind, EndpointSlots slots)
    {
        if (slots.Count <= Demand.UsualEndpoints) return known;
        return known.Add(new Demand(slots.List == 0 ? kind : DemandKind.StickyEndpoints, slots.Count));
    }
}
