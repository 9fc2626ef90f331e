using System.Collections.Immutable;
using Shunt.Model;

namespace Shunt.Proxy.State;

/// <summary>A networking.k8s.io/v1 ServiceCIDR.</summary>
internal sealed record ServiceCidrObject : ClusterObject
{
    /// <inheritdoc/>
    public override ObjectKind Kind => ObjectKind.ServiceCidr;

    /// <summary><c>spec.cidrs</c>.</summary>
    public ImmutableArray<IpPrefix> Cidrs { get; init; } = [];

    /// <inheritdoc cref="ClusterObject.Equals(ClusterObject?)"/>
    public bool Equals(ServiceCidrObject? other) => base.Equals(other) && Cidrs.AsSpan().SequenceEqual(other.Cidrs.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => base.GetHashCode();
}
