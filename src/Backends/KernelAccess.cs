using Shunt.Netlink;
using Shunt.Netlink.Netfilter;

namespace Shunt.Backends;

/// <summary>What everything that speaks to nf_tables has in common.</summary>
internal static class KernelAccess
{
    private const int ReadAttempts = 10;

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

    /// <summary>Reads something that takes several questions. A read that a commit overtook is a mixture of two states, and is done again.</summary>
    /// <exception cref="KernelException">It could not be read, or changes faster than that.</exception>
    public static T ReadConsistently<T>(this NftTables tables, Func<T> read, CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            ct.ThrowIfCancellationRequested();
            try
            {
                var generation = tables.ReadGeneration();
                var result = read();
                if (generation == tables.ReadGeneration()) return result;
                if (attempt == ReadAttempts) throw new KernelException("nf_tables: the rules change faster than they can be read");
            }
            catch (NetlinkException e) when (e.Errno == NetlinkErrno.ERESTART && attempt < ReadAttempts)
            {
                // overtaken
            }
            catch (NetlinkException e)
            {
                throw e.ToKernelException();
            }
        }
    }

    /// <summary>What none of the things in a transaction can be blamed for.</summary>
    public static bool IsOfTheWhole(this NetlinkErrno errno) =>
        errno is NetlinkErrno.ENOMEM or NetlinkErrno.ENOBUFS or NetlinkErrno.EPERM or NetlinkErrno.EINTR or NetlinkErrno.EAGAIN;
}
