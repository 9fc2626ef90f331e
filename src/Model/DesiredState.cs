using System.Collections.Immutable;

namespace Shunt.Model;

/// <summary>
/// Everything a backend needs to know, for one address family: an immutable snapshot. Unchanged Service ports are the same object from
/// one snapshot to the next.
/// </summary>
public sealed record DesiredState
{
    /// <summary>The family this is for.</summary>
    public required IpFamily Family { get; init; }

    /// <summary>Grows with every snapshot of one builder; from 1.</summary>
    public required long Version { get; init; }

    /// <summary>This node.</summary>
    public required NodeInfo Node { get; init; }

    /// <summary>Where node ports are served.</summary>
    public NodePortAddresses NodePortAddresses { get; init; } = NodePortAddresses.Everywhere;

    /// <summary>The networks of this family that cluster IPs are from, sorted, each once; empty when they are not known.</summary>
    public ImmutableArray<IpPrefix> ServiceCidrs { get; init; } = [];

    /// <summary>All Service ports of this family, in key order.</summary>
    public ImmutableSortedDictionary<ServicePortName, ServiceEndpoints> Services { get; init; } =
        ImmutableSortedDictionary<ServicePortName, ServiceEndpoints>.Empty;

    /// <summary>How many endpoints the Service ports have in all, usable or not.</summary>
    public int EndpointCount { get; init; }

    /// <summary>What is different from an earlier snapshot.</summary>
    public DesiredStateDelta Delta { get; init; } = DesiredStateDelta.Everything;
}
