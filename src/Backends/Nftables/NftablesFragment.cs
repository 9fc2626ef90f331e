using System.Collections.Immutable;
using Shunt.Model;

namespace Shunt.Backends.Nftables;

/// <summary>One Service port's part of the table. Its elements are not kept: they are written from this when they are needed.</summary>
/// <param name="Service">The Service port with its endpoints.</param>
/// <param name="Cluster">The slots of the endpoints for policy Cluster.</param>
/// <param name="Local">The slots of the endpoints for policy Local.</param>
internal sealed record NftablesFragment(ServiceEndpoints Service, EndpointSlots Cluster, EndpointSlots Local)
{
    /// <summary>The frontends that another Service port has; empty for none.</summary>
    public ImmutableArray<FrontendKey> Lost { get; init; } = [];

    /// <summary>The Service port.</summary>
    public ServicePort Port => Service.Port;

    /// <summary>The slots for traffic to the cluster IP.</summary>
    public EndpointSlots Internal => Port.InternalPolicyLocal ? Local : Cluster;

    /// <summary>The slots for traffic from outside.</summary>
    public EndpointSlots External => Port.ExternalPolicyLocal ? Local : Cluster;

    /// <summary>There is a usable endpoint somewhere.</summary>
    public bool HasAny => Service.Selection.HasAny;

    /// <summary>The frontend at an address.</summary>
    public FrontendKey At(IpAddr address) => new(address, Port.Name.Protocol, Port.Port);

    /// <summary>The node port; only if there is one.</summary>
    public FrontendKey NodePort => new(default, Port.Name.Protocol, Port.NodePort);

    /// <summary>The elements of the frontend are written.</summary>
    public bool Owns(FrontendKey frontend) => Lost.IsEmpty || !Lost.Contains(frontend);

    /// <summary>An external IP counts once, also when it is a load-balancer IP or the cluster IP too.</summary>
    public bool IsFirst(ReadOnlySpan<IpAddr> addresses, int index) =>
        addresses[index] != Port.ClusterIp && !addresses[..index].Contains(addresses[index]);
}
