using Shunt.Model;
using Shunt.Netlink;
using Shunt.Netlink.Xtables;

namespace Shunt.Backends.Iptables.LegacyVariant;

/// <summary>How x_tables are got at, and how failures of that are told.</summary>
internal static class LegacyAccess
{
    /// <summary>No table has this name, so that asking for it tells whether one may ask, and makes none.</summary>
    private const string NoTable = "shunt-probe";

    /// <summary>The tables and their lock.</summary>
    /// <exception cref="KernelException">One of them cannot be opened.</exception>
    public static (XtTables Tables, XtablesLock Lock) Open(IpFamily family, string lockFile)
    {
        var tables = Ask(() => XtTables.Open(family.ToNetfilter()));
        try
        {
            return (tables, Ask(() => XtablesLock.Open(lockFile)));
        }
        catch (KernelException)
        {
            tables.Dispose();
            throw;
        }
    }

    /// <summary>Why the tables of a family cannot be used; null when they can.</summary>
    public static string? Probe(IpFamily family)
    {
        try
        {
            var (tables, @lock) = Open(family, XtablesLock.StandardPath);
            using (tables)
            using (@lock)
            {
                var known = TableNames(family);
                tables.GetInfo(known.Length > 0 ? known[0] : NoTable);
                return null;
            }
        }
        catch (NetlinkException e) when (e.Errno == NetlinkErrno.ENOENT)
        {
            return null; // the kernel listens: the tables come with the first look at them
        }
        catch (Exception e) when (e is NetlinkException or KernelException or IOException or UnauthorizedAccessException)
        {
            return e.Message;
        }
    }

    /// <summary>The tables that are there, in the calling thread's network namespace.</summary>
    public static string[] TableNames(IpFamily family)
    {
        // /proc/net would be that of the process, not of this thread.
        var names = family == IpFamily.IPv4 ? "/proc/thread-self/net/ip_tables_names" : "/proc/thread-self/net/ip6_tables_names";
        return File.Exists(names) ? File.ReadAllLines(names) : [];
    }

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
            throw new KernelException(e.Message, e);
        }
    }
}
