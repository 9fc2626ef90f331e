namespace Shunt.Netlink;

/// <summary>The netlink families in use, with their names in linux/netlink.h.</summary>
public enum NetlinkFamily
{
    /// <summary>Addresses, links and routes.</summary>
    NETLINK_ROUTE = 0,

    /// <summary>Netfilter: connection tracking, nf_tables, counters.</summary>
    NETLINK_NETFILTER = 12,

    /// <summary>Families with names instead of numbers, IPVS among them.</summary>
    NETLINK_GENERIC = 16,
}
