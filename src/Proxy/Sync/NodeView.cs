using System.Collections.Immutable;
using Shunt.Model;
using Shunt.Proxy.Options;
using Shunt.Proxy.State;

namespace Shunt.Proxy.Sync;

/// <summary>This node, as every sync sees it afresh.</summary>
/// <param name="Current">The node, from its object in the cluster and the options.</param>
/// <param name="NodePorts">Where a family's node ports are served, from the options and the machine's addresses.</param>
internal sealed record NodeView(Func<NodeInfo> Current, Func<NodeInfo, IpFamily, NodePortAddresses> NodePorts)
{
    /// <summary>The family of the node's first address, or of the one the options name.</summary>
    public Func<IpFamily> Primary { get; init; } = static () => IpFamily.IPv4;

    /// <summary>The node as the cluster and the options describe it.</summary>
    /// <param name="nodeName">Its name.</param>
    /// <param name="options">The options.</param>
    /// <param name="cluster">The cluster.</param>
    /// <param name="addresses">Reads the machine's addresses; asked only when the options make them count.</param>
    public static NodeView Of(string nodeName, ShuntOptions options, ClusterState cluster, Func<ImmutableArray<IpAddr>> addresses) => new(
        () => NodeInfoResolver.Resolve(nodeName, cluster.Node, options.BindAddress),
        (node, family) =>
        {
            var served = NodePortAddressResolver.Resolve(family, options.NodePortAddresses, node, Lazily(addresses));
            return options.Mode == ProxyMode.Nftables ? served.WithoutLoopback() : served;
        })
    {
        Primary = () => NodeInfoResolver.PrimaryFamily(cluster.Node, options.BindAddress),
    };

    private static IEnumerable<IpAddr> Lazily(Func<ImmutableArray<IpAddr>> addresses)
    {
        foreach (var address in addresses()) yield return address;
    }
}
