using Shunt.Backends.Iptables.Rules;
using Shunt.Model;
using Shunt.Netlink;
using Shunt.Netlink.Netfilter;

namespace Shunt.Backends.Iptables.NftVariant;

/// <summary>Finds out whether the kernel takes rules of the nft variant from us, by asking it to look at some without keeping them.</summary>
public static class NftVariantProbe
{
    private const string Chain = "SHUNT-PROBE";

    private static readonly string[] Filter =
    [
        "-m comment --comment \"a b\" -m mark --mark 0x4000/0x4000 -j ACCEPT", "-m conntrack --ctstate INVALID -j DROP", "-p tcp -j REJECT --reject-with any",
    ];

    private static readonly string[] Nat =
    [
        "-i veth+ -m addrtype --src-type LOCAL -j RETURN", "-m statistic --mode random --probability 0.50000000000 -j MARK --set-xmark 0x4000/0x4000",
        "-p udp -m udp --dport 53 -j MASQUERADE --random-fully", "-m recent --rcheck --seconds 10 --reap --name SHUNT-PROBE --mask any --rsource",
    ];

    /// <summary>Asks the kernel.</summary>
    /// <returns>What it would not take, and why; null when all is well.</returns>
    public static string? Ask(IpFamily family)
    {
        var batch = new NftBatch(family.ToNetfilter(), "filter");
        var dnat = family == IpFamily.IPv4 ? "10.0.0.1:80" : "[fd00::1]:80";
        Write(batch, "filter", family, Filter);
        Write(batch, "nat", family, [.. Nat, $"-p tcp -m tcp -j DNAT --to-destination {dnat}"]);
        try
        {
            using var tables = NftTables.Open();
            var errors = tables.Check(batch);
            return errors.IsEmpty ? null : $"{errors[0].Subject}: {errors[0].Errno}";
        }
        catch (NetlinkException e)
        {
            return e.Message;
        }
    }

    private static void Write(NftBatch batch, string table, IpFamily family, ReadOnlySpan<string> rules)
    {
        var rule = new Rule();
        var encoder = new NftRuleEncoder(family);
        batch.Table = table;
        batch.AddTable([]);
        batch.AddChain(Chain, null);
        foreach (var specification in rules)
        {
            RuleParser.Parse(IptablesText.Bytes($"-A {Chain} {specification}"), rule);
            batch.AddRule(Chain, NftPlace.Last, encoder.Encode(rule, null));
        }
    }
}
