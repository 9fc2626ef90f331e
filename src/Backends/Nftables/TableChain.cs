using System.Collections.Immutable;
using Shunt.Netlink.Netfilter;

namespace Shunt.Backends.Nftables;

/// <summary>A chain with its rules.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Hook">Where packets enter it; null for one that is jumped to.</param>
/// <param name="Rules">Its rules, in order.</param>
internal sealed record TableChain(string Name, NftHook? Hook, ImmutableArray<TableRule> Rules)
{
    /// <summary>Its rules exclude one another, so that more can be added at the end.</summary>
    public bool IsUnordered { get; init; }
}
