using System.Collections.Immutable;
using Shunt.Model;

namespace Shunt.Proxy.State;

/// <summary>A v1 Node.</summary>
internal sealed record NodeObject : ClusterObject
{
    /// <inheritdoc/>
    public override ObjectKind Kind => ObjectKind.Node;

    /// <summary>The label <c>topology.kubernetes.io/zone</c>; empty when unset.</summary>
    public string Zone { get; init; } = "";

    /// <summary><c>status.addresses</c>: all InternalIPs in order, then all ExternalIPs.</summary>
    public ImmutableArray<IpAddr> Addresses { get; init; } = [];

    /// <summary><c>spec.podCIDRs</c>, in order.</summary>
    public ImmutableArray<IpPrefix> PodCidrs { get; init; } = [];

    /// <summary>
    /// New connections may be sent to it: it is not being deleted, and the cluster autoscaler has not marked it for removal. Being cordoned
    /// does not matter.
    /// </summary>
    public bool IsEligible { get; init; } = true;

    /// <inheritdoc cref="ClusterObject.Equals(ClusterObject?)"/>
    public bool Equals(NodeObject? other) =>
        base.Equals(other)
        && Zone == other.Zone
        && IsEligible == other.IsEligible
        && Addresses.AsSpan().SequenceEqual(other.Addresses.AsSpan())
        && PodCidrs.AsSpan().SequenceEqual(other.PodCidrs.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => base.GetHashCode();
}
