using Shunt.Netlink;

namespace Shunt.Backends;

/// <summary>What everything that speaks to nf_tables has in common.</summary>
internal static class KernelAccess
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
