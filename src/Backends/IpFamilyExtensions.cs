using Shunt.Model;
using Shunt.Netlink.Netfilter;

namespace Shunt.Backends;

/// <summary>Families, as the kernel's parts number them.</summary>
internal static class IpFamilyExtensions
{
    /// <summary>The family as netfilter numbers it.</summary>
    public static NetfilterFamily ToNetfilter(this IpFamily family) =>
        family == IpFamily.IPv4 ? NetfilterFamily.NFPROTO_IPV4 : NetfilterFamily.NFPROTO_IPV6;
}
