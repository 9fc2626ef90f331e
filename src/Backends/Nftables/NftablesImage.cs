using Shunt.Netlink.Netfilter;

namespace Shunt.Backends.Nftables;

/// <summary>Our table as it was found in the kernel, without what packets wrote.</summary>
internal sealed class NftablesImage
{
    /// <summary>The table is there.</summary>
    public bool HasTable { get; init; }

    /// <summary>The chains by name: their hooks, and the fingerprints of their rules in order; 0 for a rule that is none of ours.</summary>
    public Dictionary<string, (NftHook? Hook, List<ulong> Rules)> Chains { get; } = new(StringComparer.Ordinal);

    /// <summary>The sets by name, ours or not, and whether they are made as ours are.</summary>
    public Dictionary<string, bool> Sets { get; } = new(StringComparer.Ordinal);

    /// <summary>The elements of our sets.</summary>
    public ElementIndex Elements { get; } = new();
}
