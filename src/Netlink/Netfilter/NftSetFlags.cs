namespace Shunt.Netlink.Netfilter;

/// <summary>The flags of a set, by their names in linux/netfilter/nf_tables.h.</summary>
[Flags]
public enum NftSetFlags : uint
{
    /// <summary>A plain set.</summary>
    None = 0,

    /// <summary>It belongs to one rule and has no name of its own.</summary>
    NFT_SET_ANONYMOUS = 0x1,

    /// <summary>Its elements cannot change once a rule uses it.</summary>
    NFT_SET_CONSTANT = 0x2,

    /// <summary>Its elements are ranges.</summary>
    NFT_SET_INTERVAL = 0x4,

    /// <summary>Its elements have values.</summary>
    NFT_SET_MAP = 0x8,

    /// <summary>Its elements may expire.</summary>
    NFT_SET_TIMEOUT = 0x10,

    /// <summary>Rules may change it.</summary>
    NFT_SET_EVAL = 0x20,
}
