using System.Collections.Immutable;
using Shunt.Model;

namespace Shunt.Backends.Nftables;

/// <summary>What is not an element: the chains with their rules, and the sets. It does not grow with Services.</summary>
/// <param name="Sets">The sets, in order.</param>
/// <param name="Chains">The chains, in an order in which no rule is ahead of the chain it leads to.</param>
internal sealed record NftablesBase(ImmutableArray<SetId> Sets, ImmutableArray<TableChain> Chains)
{
    /// <summary>The family of the table.</summary>
    public required IpFamily Family { get; init; }

    /// <summary>The rules some Services asked for; the rest is always the same.</summary>
    public ImmutableSortedSet<Demand> Demands { get; init; } = [];

    /// <summary>The desired state's part in it.</summary>
    public required BaseSettings Settings { get; init; }
}
