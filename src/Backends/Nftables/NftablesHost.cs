using Shunt.Model;
using Shunt.Netlink;
using Shunt.Netlink.Netfilter;

namespace Shunt.Backends.Nftables;

/// <summary>Finds out whether this machine's kernel can do what the table takes, by asking it rather than by its version.</summary>
public static class NftablesHost
{
    /// <summary>Asks the kernel whether it would take our table, without making it.</summary>
    /// <returns>What it would not take, and why; null when all is well.</returns>
    public static string? Probe(IpFamily family)
    {
        var netfilter = family.ToNetfilter();
        var settings = new BaseSettings(NodePortsEverywhere: false, []);
        var wanted = BaseWriter.Write(
            new NftablesOptions { Family = family, Detector = LocalDetector.ByInterfacePrefix("veth") }, settings,
            [new Demand(DemandKind.AffinityTimeout, 10800), new Demand(DemandKind.SourceRange, 24)]);
        try
        {
            using var tables = NftTables.Open();
            var batch = new NftBatch(netfilter, NftablesNames.Table + "-probe");
            BatchWriter.Write(batch, BaseDiffer.Diff(new NftablesImage(), wanted));
            var errors = tables.Check(batch);
            return errors.IsEmpty ? null : $"{errors[0].Subject}: {errors[0].Errno}";
        }
        catch (NetlinkException e)
        {
            return e.Message;
        }
    }
}
