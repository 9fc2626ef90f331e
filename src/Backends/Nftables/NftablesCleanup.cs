using Shunt.Model;
using Shunt.Netlink;
using Shunt.Netlink.Netfilter;

namespace Shunt.Backends.Nftables;

/// <summary>Removes a table, ours or kube-proxy's, with all that is in it.</summary>
public static class NftablesCleanup
{
    /// <summary>Our table's name.</summary>
    public const string OwnTable = NftablesNames.Table;

    /// <summary>The name of kube-proxy's.</summary>
    public const string KubeProxyTable = NftablesNames.KubeProxyTable;

    /// <summary>Removes a table of the calling thread's network namespace, if it is there.</summary>
    /// <returns>It was there.</returns>
    /// <exception cref="KernelException">It could not be removed.</exception>
    public static bool Remove(IpFamily family, string table)
    {
        var netfilter = family.ToNetfilter();
        try
        {
            using var tables = NftTables.Open();
            if (!tables.HasTable(netfilter, table)) return false;
            var batch = new NftBatch(netfilter, table);
            batch.DeleteTable();
            var errors = tables.Apply(batch);
            if (errors.IsEmpty) return true;
            if (errors[0].Errno == NetlinkErrno.ENOENT) return false; // somebody else was faster
            throw new KernelException($"cannot delete table {NftablesText.Keyword(family)} {table}: {errors[0].Errno}");
        }
        catch (NetlinkException e)
        {
            throw e.ToKernelException();
        }
    }
}
