namespace Shunt.Proxy.State;

/// <summary>The kinds of API object the agent watches.</summary>
internal enum ObjectKind
{
    /// <summary>v1 Service.</summary>
    Service,

    /// <summary>discovery.k8s.io/v1 EndpointSlice.</summary>
    EndpointSlice,

    /// <summary>networking.k8s.io/v1 ServiceCIDR.</summary>
    ServiceCidr,

    /// <summary>v1 Node: this node's own object only.</summary>
    Node,
}
