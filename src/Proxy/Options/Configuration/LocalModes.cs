using System.Collections.Immutable;

namespace Shunt.Proxy.Options.Configuration;

/// <summary>The words for <c>detectLocalMode</c> and <c>--detect-local-mode</c>.</summary>
internal static class LocalModes
{
    /// <summary>By the source's network.</summary>
    public const string ClusterCIDR = "ClusterCIDR";

    /// <summary>By the node's own pod networks.</summary>
    public const string NodeCIDR = "NodeCIDR";

    /// <summary>By the bridge the packet came through.</summary>
    public const string BridgeInterface = "BridgeInterface";

    /// <summary>By how the interface's name begins.</summary>
    public const string InterfaceNamePrefix = "InterfaceNamePrefix";

    /// <summary>All of them, in kube-proxy's order.</summary>
    public static ImmutableArray<string> Known { get; } = [ClusterCIDR, NodeCIDR, BridgeInterface, InterfaceNamePrefix];

    /// <summary>The mode a word stands for; null for a word that is none.</summary>
    public static DetectLocalMode? Parse(string mode) => mode switch
    {
        "" or ClusterCIDR => DetectLocalMode.ClusterCidr,
        NodeCIDR => DetectLocalMode.NodeCidr,
        BridgeInterface => DetectLocalMode.BridgeInterface,
        InterfaceNamePrefix => DetectLocalMode.InterfaceNamePrefix,
        _ => null,
    };
}
