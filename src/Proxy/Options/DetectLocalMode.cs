namespace Shunt.Proxy.Options;

/// <summary>How traffic from this node's own pods is told from other traffic: the values of <c>--detect-local-mode</c>.</summary>
internal enum DetectLocalMode
{
    /// <summary>By the source being in <c>--cluster-cidr</c>; the default.</summary>
    ClusterCidr,

    /// <summary>By the source being in the node's <c>spec.podCIDRs</c>.</summary>
    NodeCidr,

    /// <summary>By the packet having come in through <c>--pod-bridge-interface</c>.</summary>
    BridgeInterface,

    /// <summary>By the packet having come in through an interface named <c>--pod-interface-name-prefix</c> and more.</summary>
    InterfaceNamePrefix,
}
