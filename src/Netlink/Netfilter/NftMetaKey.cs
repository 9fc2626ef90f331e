namespace Shunt.Netlink.Netfilter;

/// <summary>What can be known about a packet besides its bytes, by the names in linux/netfilter/nf_tables.h.</summary>
public enum NftMetaKey : uint
{
    /// <summary>Its priority for traffic control, in host order.</summary>
    NFT_META_PRIORITY = 2,

    /// <summary>Its mark, in host order.</summary>
    NFT_META_MARK = 3,

    /// <summary>The name of the interface it came in by: 16 bytes.</summary>
    NFT_META_IIFNAME = 6,

    /// <summary>Its transport protocol: one byte.</summary>
    NFT_META_L4PROTO = 16,
}
