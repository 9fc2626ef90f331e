namespace Shunt.Backends.Nftables;

/// <summary>The sets and maps of the table; the order is the one they are listed in.</summary>
internal enum SetKind : byte
{
    /// <summary>Every cluster IP, with or without endpoints.</summary>
    ClusterIps,

    /// <summary>The addresses that serve node ports; only where that is not every local address.</summary>
    NodePortIps,

    /// <summary>Cluster IP frontends with endpoints: what to choose from.</summary>
    Internal,

    /// <summary>External and load-balancer IP frontends, policy Cluster: what to choose from.</summary>
    External,

    /// <summary>The same with policy Local: what pods and the node itself choose from.</summary>
    ExternalLocal,

    /// <summary>The same frontends: what everybody else chooses from, the endpoints of this node.</summary>
    ExternalLocalOnly,

    /// <summary>Node ports, policy Cluster: what to choose from.</summary>
    NodePorts,

    /// <summary>Node ports, policy Local: what pods and the node itself choose from.</summary>
    NodePortsLocal,

    /// <summary>The same node ports: what everybody else chooses from, the endpoints of this node.</summary>
    NodePortsLocalOnly,

    /// <summary>Frontend and index to endpoint.</summary>
    Endpoints,

    /// <summary>Frontend and index to endpoint on this node, for policy Local.</summary>
    LocalEndpoints,

    /// <summary>Node port and index to endpoint.</summary>
    NodePortEndpoints,

    /// <summary>Node port and index to endpoint on this node, for policy Local.</summary>
    LocalNodePortEndpoints,

    /// <summary>Frontends without any endpoint.</summary>
    RejectServices,

    /// <summary>Frontends with endpoints, but none that the policy allows.</summary>
    DropServices,

    /// <summary>Node ports without any endpoint.</summary>
    RejectNodePorts,

    /// <summary>Node ports with endpoints, but none that the policy allows.</summary>
    DropNodePorts,

    /// <summary>Load-balancer frontends with source ranges.</summary>
    Firewall,

    /// <summary>Who may reach them: one set for each prefix length, which is its parameter.</summary>
    FirewallClients,

    /// <summary>Local endpoints as they see themselves through a Service.</summary>
    HairpinConnections,

    /// <summary>Affinity list to the same with the number of its endpoints.</summary>
    StickyLists,

    /// <summary>Affinity list and index to endpoint id.</summary>
    Sticky,

    /// <summary>Endpoint id to endpoint: those that live.</summary>
    StickyEndpoints,

    /// <summary>The affinity lists with one timeout, which in seconds is the parameter.</summary>
    AffinityTimeouts,

    /// <summary>Affinity list and client to endpoint id: written by packets, never by us.</summary>
    Affinity,
}
