namespace Shunt.Netlink.Netfilter;

/// <summary>How a register is held against a value, by the names in linux/netfilter/nf_tables.h.</summary>
public enum NftComparison : uint
{
    /// <summary>They are equal.</summary>
    NFT_CMP_EQ = 0,

    /// <summary>They differ.</summary>
    NFT_CMP_NEQ = 1,
}
