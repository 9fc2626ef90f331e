using Shunt.Model;
using Shunt.Proxy.State;

namespace Shunt.Testing.Builders;

/// <summary>Makes a <see cref="NodeObject"/>; converts to it by itself.</summary>
internal sealed class NodeBuilder(string name)
{
    private NodeObject _node = new() { Key = new ObjectKey("", name) };

    public static implicit operator NodeObject(NodeBuilder builder) => builder.Object;

    public NodeObject Object => _node;

    public NodeBuilder Zone(string zone) => With(_node with { Zone = zone });

    /// <summary>InternalIPs, then ExternalIPs.</summary>
    public NodeBuilder Addresses(params string[] addresses) => With(_node with { Addresses = [.. addresses.Select(Build.Ip)] });

    public NodeBuilder PodCidrs(params string[] cidrs) => With(_node with { PodCidrs = [.. cidrs.Select(static c => IpPrefix.Parse(c))] });

    /// <summary>It is being deleted, or marked for that.</summary>
    public NodeBuilder Leaving() => With(_node with { IsEligible = false });

    private NodeBuilder With(NodeObject node)
    {
        _node = node;
        return this;
    }
}
