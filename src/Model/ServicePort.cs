using System.Collections.Immutable;

namespace Shunt.Model;

/// <summary>
/// One port of one Service, seen by one address family: everything about a Service that decides its rules, and nothing else. Two values
/// are equal when they lead to the same rules, so an edit of labels or selectors leaves it equal.
/// </summary>
public sealed record ServicePort
{
    /// <summary>The key.</summary>
    public required ServicePortName Name { get; init; }

    /// <summary>The cluster IP of this family. Always valid: a Service without one has no ServicePort.</summary>
    public required IpAddr ClusterIp { get; init; }

    /// <summary>The port at the cluster IP, external IPs and load-balancer IPs.</summary>
    public required ushort Port { get; init; }

    /// <summary>The node port; zero for none.</summary>
    public ushort NodePort { get; init; }

    /// <summary>Session affinity.</summary>
    public SessionAffinity Affinity { get; init; }

    /// <summary>The external IPs of this family, in the order of the spec; empty for none.</summary>
    public ImmutableArray<IpAddr> ExternalIps { get; init; } = [];

    /// <summary>The Service has external IPs that are not served (the gate AllowServiceExternalIPs is off); it still counts as reachable from outside.</summary>
    public bool WithholdsExternalIps { get; init; }

    /// <summary>The load-balancer IPs of this family whose ipMode is VIP or unset, in the order of the status; empty for none.</summary>
    public ImmutableArray<IpAddr> LoadBalancerVips { get; init; } = [];

    /// <summary>The client networks of this family that may use the load-balancer IPs; empty for all.</summary>
    public ImmutableArray<IpPrefix> LoadBalancerSourceRanges { get; init; } = [];

    /// <summary>External traffic goes to this node's endpoints only (<c>externalTrafficPolicy: Local</c>, where it applies).</summary>
    public bool ExternalPolicyLocal { get; init; }

    /// <summary>Cluster-IP traffic goes to this node's endpoints only (<c>internalTrafficPolicy: Local</c>).</summary>
    public bool InternalPolicyLocal { get; init; }

    /// <summary>The port on which a load balancer asks whether this node has endpoints; zero for none.</summary>
    public ushort HealthCheckNodePort { get; init; }

    /// <summary>There is a way in from outside the cluster.</summary>
    public bool ExternallyAccessible => NodePort != 0 || !LoadBalancerVips.IsEmpty || !ExternalIps.IsEmpty || WithholdsExternalIps;

    /// <summary>Some traffic may go to endpoints on any node.</summary>
    public bool UsesClusterEndpoints => !InternalPolicyLocal || ExternallyAccessible;

    /// <summary>Some traffic may go to this node's endpoints only.</summary>
    public bool UsesLocalEndpoints => InternalPolicyLocal || (ExternalPolicyLocal && ExternallyAccessible);

    /// <summary>Equality of content: the lists are compared element by element.</summary>
    public bool Equals(ServicePort? other) =>
        other is not null
        && Name == other.Name && ClusterIp == other.ClusterIp && Port == other.Port && NodePort == other.NodePort
        && Affinity == other.Affinity && HealthCheckNodePort == other.HealthCheckNodePort
        && ExternalPolicyLocal == other.ExternalPolicyLocal && InternalPolicyLocal == other.InternalPolicyLocal
        && WithholdsExternalIps == other.WithholdsExternalIps
        && ExternalIps.AsSpan().SequenceEqual(other.ExternalIps.AsSpan())
        && LoadBalancerVips.AsSpan().SequenceEqual(other.LoadBalancerVips.AsSpan())
        && LoadBalancerSourceRanges.AsSpan().SequenceEqual(other.LoadBalancerSourceRanges.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, ClusterIp, Port);
}
