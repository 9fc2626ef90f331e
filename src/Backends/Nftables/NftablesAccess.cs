using Shunt.Model;
using Shunt.Netlink;
using Shunt.Netlink.Netfilter;

namespace Shunt.Backends.Nftables;

/// <summary>What everything here that speaks to the kernel has in common.</summary>
internal static class NftablesAccess
{
    /// <summary>The family as netfilter numbers it.</summary>
    public static NetfilterFamily ToNetfilter(this IpFamily family) =>
        family == IpFamily.IPv4 ? NetfilterFamily.NFPROTO_IPV4 : NetfilterFamily.NFPROTO_IPV6;

    /// <summary>The failure as a mode reports it.</summary>
    public static KernelException ToKernelException(this NetlinkException e) => new($"nf_tables: {e.Message}", e);

    /// <summary>Asks the kernel something.</summary>
    /// <exception cref="KernelException">It could not be asked.</exception>
    public static T Ask<T>(Func<T> question)
    {
        try
        {
            return question();
        }
        catch (NetlinkException e)
        {
            throw e.ToKernelException();
        }
    }
}
