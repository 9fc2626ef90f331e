using Shunt.Netlink;

namespace Shunt.Backends.Nftables;

/// <summary>What everything here that speaks to the kernel has in common.</summary>
internal static class NftablesAccess
{
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
