namespace Shunt.Netlink.Netfilter;

/// <summary>Something that a transaction changed.</summary>
/// <param name="Family">The family of its table; a number that is none of these for other families.</param>
/// <param name="Table">Its table.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Name">The chain or set; empty for a table.</param>
/// <param name="Removed">It went, or parts of it.</param>
public readonly record struct NftTouched(NetfilterFamily Family, string Table, NftObject Kind, string Name, bool Removed)
{
    /// <summary>The handle of a rule; zero for anything else.</summary>
    public ulong Handle { get; init; }
}
