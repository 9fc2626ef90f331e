namespace Shunt.Netlink.Netfilter;

/// <summary>The address families of netfilter, by their names in linux/netfilter.h.</summary>
public enum NetfilterFamily : byte
{
    /// <summary>IPv4.</summary>
    NFPROTO_IPV4 = 2,

    /// <summary>IPv6.</summary>
    NFPROTO_IPV6 = 10,
}
