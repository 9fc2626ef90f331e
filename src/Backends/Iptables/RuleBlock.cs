using System.Collections.Immutable;
using Shunt.Model;

namespace Shunt.Backends.Iptables;

/// <summary>
/// The rules of one Service port, as iptables-save prints them: lines, each ended by a newline, the lines of a chain together. A program is
/// nothing but such blocks, so comparing is comparing bytes, and printing is copying.
/// </summary>
/// <param name="Filter">Those in the filter table.</param>
/// <param name="Nat">Those in the nat table.</param>
public sealed record RuleBlock(ReadOnlyMemory<byte> Filter, ReadOnlyMemory<byte> Nat)
{
    /// <summary>No rules.</summary>
    public static RuleBlock Empty { get; } = new(default, default);

    /// <summary>The endpoints that have a chain of their own, in order; empty when that is not known.</summary>
    internal ImmutableArray<Endpoint> Endpoints { get; init; } = [];

    /// <summary>
    /// What ends the names of those chains, one after the other. A name takes a cryptographic hash to find, so the next version of the block
    /// takes over those of the endpoints that stay.
    /// </summary>
    internal ReadOnlyMemory<byte> EndpointHashes { get; init; }

    /// <summary>The addresses whose rules are in chains of <see cref="DispatchTree"/>, one for each rule; empty where there is no tree.</summary>
    internal ImmutableArray<IpAddr> Dispatched { get; init; } = [];

    /// <summary>There are no rules.</summary>
    public bool IsEmpty => Filter.IsEmpty && Nat.IsEmpty;

    /// <summary>The rules in one table; the mangle table has none.</summary>
    public ReadOnlyMemory<byte> this[IptablesTable table] => table switch
    {
        IptablesTable.Filter => Filter,
        IptablesTable.Nat => Nat,
        _ => default,
    };

    /// <summary>Equality of content.</summary>
    public bool Equals(RuleBlock? other) =>
        other is not null && Filter.Span.SequenceEqual(other.Filter.Span) && Nat.Span.SequenceEqual(other.Nat.Span);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Filter.Length, Nat.Length);
}
