using System.Collections.Immutable;
using Shunt.Model;

namespace Shunt.Proxy.State;

/// <summary>What is known about this node from its own object, and assumed where that is silent.</summary>
internal static class NodeInfoResolver
{
    private static readonly IpAddr LoopbackV4 = IpAddr.Parse("127.0.0.1");
    private static readonly IpAddr LoopbackV6 = IpAddr.Parse("::1");

    /// <summary>The node as backends need it.</summary>
    /// <param name="nodeName">This node's name.</param>
    /// <param name="node">Its object; null when there is none.</param>
    /// <param name="bindAddress">An address the operator named, which beats the object's of that family; null or unspecified for none.</param>
    public static NodeInfo Resolve(string nodeName, NodeObject? node, IpAddr? bindAddress)
    {
        var v4 = LoopbackV4;
        var v6 = LoopbackV6;
        foreach (var address in NodeIps(node)) Assign(address);
        if (Specified(bindAddress) is { } named) Assign(named);
        return new NodeInfo { Name = nodeName, Zone = node?.Zone ?? "", IPv4 = v4, IPv6 = v6, PodCidrs = node?.PodCidrs ?? [] };

        void Assign(IpAddr address)
        {
            if (address.Family == IpFamily.IPv4) v4 = address;
            else v6 = address;
        }
    }

    /// <summary>The family of the address the operator named, else of the node's first address, else IPv4.</summary>
    public static IpFamily PrimaryFamily(NodeObject? node, IpAddr? bindAddress)
    {
        if (Specified(bindAddress) is { } named) return named.Family;
        return node is { Addresses: [var first, ..] } ? first.Family : IpFamily.IPv4;
    }

    /// <summary>The addresses of the object that count: the first, and the first later one of the other family; empty when there is none.</summary>
    public static ImmutableArray<IpAddr> NodeIps(NodeObject? node)
    {
        if (node is not { Addresses: [var first, ..] }) return [];
        foreach (var address in node.Addresses)
        {
            if (address.Family != first.Family) return [first, address];
        }

        return [first];
    }

    private static IpAddr? Specified(IpAddr? address) => address is { IsValid: true, IsUnspecified: false } ? address : null;
}
