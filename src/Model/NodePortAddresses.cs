using System.Collections.Immutable;

namespace Shunt.Model;

/// <summary>At which of the node's own addresses of one family node ports are served.</summary>
public sealed record NodePortAddresses
{
    /// <summary>At every local address.</summary>
    public static NodePortAddresses Everywhere { get; } = new() { MatchesAll = true };

    /// <summary>Every local address serves node ports; <see cref="Addresses"/> is empty then.</summary>
    public bool MatchesAll { get; init; }

    /// <summary>The addresses that serve node ports, sorted; empty when none of the node's addresses is in the configured networks.</summary>
    public ImmutableArray<IpAddr> Addresses { get; init; } = [];

    /// <summary>The same without loopback addresses, for modes that cannot serve them.</summary>
    public NodePortAddresses WithoutLoopback() => this with { Addresses = Addresses.RemoveAll(static address => address.IsLoopback) };

    /// <summary>Equality of content.</summary>
    public bool Equals(NodePortAddresses? other) =>
        other is not null && MatchesAll == other.MatchesAll && Addresses.AsSpan().SequenceEqual(other.Addresses.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(MatchesAll, Addresses.Length);
}
