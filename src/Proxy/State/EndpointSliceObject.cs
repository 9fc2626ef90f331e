using System.Collections.Immutable;
using Shunt.Model;

namespace Shunt.Proxy.State;

/// <summary>A discovery.k8s.io/v1 EndpointSlice.</summary>
internal sealed record EndpointSliceObject : ClusterObject
{
    /// <inheritdoc/>
    public override ObjectKind Kind => ObjectKind.EndpointSlice;

    /// <summary>The label <c>kubernetes.io/service-name</c>; empty when unset, and the slice belongs to no Service.</summary>
    public string ServiceName { get; init; } = "";

    /// <summary><c>addressType</c>; null for one that is neither IPv4 nor IPv6 (FQDN), and the slice is ignored.</summary>
    public IpFamily? AddressType { get; init; }

    /// <summary><c>ports</c>, in order; those without name or number are left out and named in the problems.</summary>
    public ImmutableArray<EndpointPortSpec> Ports { get; init; } = [];

    /// <summary><c>endpoints</c>, in order; those without a valid address of the slice's family are left out and named in the problems.</summary>
    public ImmutableArray<EndpointSpec> Endpoints { get; init; } = [];

    /// <summary>When what led to this version happened; null when the slice does not say. Not part of its content: it decides no rule.</summary>
    public DateTimeOffset? LastChangeTriggerTime { get; init; }

    /// <inheritdoc cref="ClusterObject.Equals(ClusterObject?)"/>
    public bool Equals(EndpointSliceObject? other) =>
        base.Equals(other)
        && ServiceName == other.ServiceName && AddressType == other.AddressType
        && Ports.AsSpan().SequenceEqual(other.Ports.AsSpan())
        && Endpoints.AsSpan().SequenceEqual(other.Endpoints.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => base.GetHashCode();
}
