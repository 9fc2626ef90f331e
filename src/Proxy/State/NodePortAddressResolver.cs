using System.Collections.Immutable;
using Shunt.Model;
using Shunt.Proxy.Options;

namespace Shunt.Proxy.State;

/// <summary>At which addresses of this machine node ports are served.</summary>
internal static class NodePortAddressResolver
{
    private static readonly IpAddr LoopbackNetwork = IpAddr.Parse("127.0.0.0");

    /// <summary>The addresses of one family.</summary>
    /// <param name="family">The family.</param>
    /// <param name="config">The setting.</param>
    /// <param name="node">This node, for <c>primary</c>.</param>
    /// <param name="interfaceAddresses">The addresses of all interfaces, up or down, both families, loopback too.</param>
    /// <returns>Loopback addresses are in it where a network holds them; whether they can be served is the mode's business.</returns>
    public static NodePortAddresses Resolve(
        IpFamily family, NodePortNetworks config, NodeInfo node, IEnumerable<IpAddr> interfaceAddresses)
    {
        var cidrs = CidrsOf(family, config, node);
        if (cidrs.Any(static cidr => cidr.Length == 0)) return NodePortAddresses.Everywhere;
        return new NodePortAddresses
        {
            Addresses = [.. interfaceAddresses.Where(address => cidrs.Any(cidr => cidr.Contains(address))).Distinct().Order()],
        };
    }

    /// <summary>
    /// The networks the setting stands for: <c>primary</c> is the node's own addresses, as far as they are known. Empty for everywhere.
    /// </summary>
    public static ImmutableArray<IpPrefix> Networks(NodePortNetworks config, NodeInfo node) => config.Primary
        ? [.. new[] { node.IPv4, node.IPv6 }.Where(static address => !address.IsLoopback).Select(IpPrefix.Host)]
        : config.Cidrs;

    /// <summary>The networks let node ports be served at 127.0.0.1 and its like.</summary>
    public static bool ContainsIPv4Loopback(NodePortNetworks config, NodeInfo node) =>
        CidrsOf(IpFamily.IPv4, config, node).Any(static cidr => cidr.Address.IsLoopback || cidr.Contains(LoopbackNetwork));

    /// <summary>A list without networks of this family leaves the family open.</summary>
    private static ImmutableArray<IpPrefix> CidrsOf(IpFamily family, NodePortNetworks config, NodeInfo node)
    {
        ImmutableArray<IpPrefix> kept = [.. Networks(config, node).Where(cidr => cidr.Family == family)];
        return kept.IsEmpty ? [new IpPrefix(IpAddr.Parse(family == IpFamily.IPv4 ? "0.0.0.0" : "::"), 0)] : kept;
    }
}
