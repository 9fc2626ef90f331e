namespace Shunt.Netlink.Netfilter;

/// <summary>What can be known about a packet's connection, by the names in linux/netfilter/nf_tables.h.</summary>
public enum NftConntrackKey : uint
{
    /// <summary>New, established and so on: a bit each.</summary>
    NFT_CT_STATE = 0,

    /// <summary>Translated, confirmed and so on: a bit each (IPS_*).</summary>
    NFT_CT_STATUS = 2,
}
