namespace Shunt.Netlink.Netfilter;

/// <summary>Where packets enter a base chain, by the names in linux/netfilter.h.</summary>
public enum NftHookNumber
{
    /// <summary>Before they are routed.</summary>
    NF_INET_PRE_ROUTING,

    /// <summary>When they are for this machine.</summary>
    NF_INET_LOCAL_IN,

    /// <summary>When they pass through.</summary>
    NF_INET_FORWARD,

    /// <summary>When they come from this machine.</summary>
    NF_INET_LOCAL_OUT,

    /// <summary>When they are about to leave.</summary>
    NF_INET_POST_ROUTING,
}
