using System.Collections.Immutable;
using Shunt.Model;

namespace Shunt.Proxy.State;

/// <summary>A v1 Service.</summary>
internal sealed record ServiceObject : ClusterObject
{
    /// <inheritdoc/>
    public override ObjectKind Kind => ObjectKind.Service;

    /// <summary><c>spec.type</c>; an unset type is ClusterIP.</summary>
    public ServiceType Type { get; init; }

    /// <summary>
    /// The cluster IPs by family, as spec 01 section 4 derives them from <c>clusterIP</c>, <c>clusterIPs</c> and <c>ipFamilies</c>; at most
    /// one each. Empty for a headless Service.
    /// </summary>
    public ImmutableArray<IpAddr> ClusterIps { get; init; } = [];

    /// <summary><c>spec.ports</c>, in order.</summary>
    public ImmutableArray<ServicePortSpec> Ports { get; init; } = [];

    /// <summary><c>spec.externalIPs</c> of both families, in order.</summary>
    public ImmutableArray<IpAddr> ExternalIps { get; init; } = [];

    /// <summary><c>status.loadBalancer.ingress[].ip</c> of both families whose ipMode is unset or VIP, in order.</summary>
    public ImmutableArray<IpAddr> LoadBalancerVips { get; init; } = [];

    /// <summary><c>spec.loadBalancerSourceRanges</c> of both families, in order.</summary>
    public ImmutableArray<IpPrefix> LoadBalancerSourceRanges { get; init; } = [];

    /// <summary>Session affinity, with the API's timeout.</summary>
    public SessionAffinity Affinity { get; init; }

    /// <summary><c>spec.externalTrafficPolicy: Local</c>.</summary>
    public bool ExternalTrafficPolicyLocal { get; init; }

    /// <summary><c>spec.internalTrafficPolicy: Local</c>.</summary>
    public bool InternalTrafficPolicyLocal { get; init; }

    /// <summary><c>spec.healthCheckNodePort</c>; zero when unset.</summary>
    public ushort HealthCheckNodePort { get; init; }

    /// <inheritdoc cref="ClusterObject.Equals(ClusterObject?)"/>
    public bool Equals(ServiceObject? other) =>
        base.Equals(other)
        && Type == other.Type && Affinity == other.Affinity && HealthCheckNodePort == other.HealthCheckNodePort
        && ExternalTrafficPolicyLocal == other.ExternalTrafficPolicyLocal && InternalTrafficPolicyLocal == other.InternalTrafficPolicyLocal
        && ClusterIps.AsSpan().SequenceEqual(other.ClusterIps.AsSpan())
        && Ports.AsSpan().SequenceEqual(other.Ports.AsSpan())
        && ExternalIps.AsSpan().SequenceEqual(other.ExternalIps.AsSpan())
        && LoadBalancerVips.AsSpan().SequenceEqual(other.LoadBalancerVips.AsSpan())
        && LoadBalancerSourceRanges.AsSpan().SequenceEqual(other.LoadBalancerSourceRanges.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => base.GetHashCode();
}
