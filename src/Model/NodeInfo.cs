using System.Collections.Immutable;

namespace Shunt.Model;

/// <summary>What the choice of endpoints and the rules need to know about the node they are for.</summary>
public sealed record NodeInfo
{
    /// <summary>The node's name, lower case.</summary>
    public required string Name { get; init; }

    /// <summary>The value of the label <c>topology.kubernetes.io/zone</c>; empty when the node has none.</summary>
    public string Zone { get; init; } = "";

    /// <summary>The node's IPv4 address: InternalIP before ExternalIP; 127.0.0.1 when it is not known.</summary>
    public IpAddr IPv4 { get; init; } = IpAddr.FromV4(0x7F000001);

    /// <summary>The node's IPv6 address; ::1 when it is not known.</summary>
    public IpAddr IPv6 { get; init; } = IpAddr.Parse("::1");

    /// <summary>The networks pods on this node get their addresses from, in the order of the spec; empty when not allocated.</summary>
    public ImmutableArray<IpPrefix> PodCidrs { get; init; } = [];

    /// <summary>The node's address of a family.</summary>
    public IpAddr Address(IpFamily family) => family == IpFamily.IPv4 ? IPv4 : IPv6;

    /// <summary>Equality of content.</summary>
    public bool Equals(NodeInfo? other) =>
        other is not null && Name == other.Name && Zone == other.Zone && IPv4 == other.IPv4 && IPv6 == other.IPv6
        && PodCidrs.AsSpan().SequenceEqual(other.PodCidrs.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, Zone, IPv4, IPv6);
}
