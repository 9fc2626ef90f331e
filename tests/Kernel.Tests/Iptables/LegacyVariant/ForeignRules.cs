using System.Globalization;
using System.Text;
using Shunt.Model;

namespace Shunt.Kernel.Tests.Iptables.LegacyVariant;

/// <summary>Rules of others, of many kinds that no rule of ours is like, as input for iptables-restore.</summary>
internal static class ForeignRules
{
    private static readonly (string Table, string[] Chains)[] Tables4 =
    [
        ("mangle", ["PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING"]),
        ("filter", ["INPUT", "FORWARD", "OUTPUT"]),
        ("nat", ["PREROUTING", "INPUT", "OUTPUT", "POSTROUTING"]),
    ];

    private static readonly string[] Names = ["AAA", "CNI-HOSTPORT", "KUBE-AAA", "KUBE-ROUTER", "KUBE-SVZ", "KUBE-SEQ", "ZZZ", "a-lower", "KUBE-KUBELET-CANARY"];

    /// <summary>All tables anew.</summary>
    public static string Tables(Random random, IpFamily family)
    {
        var text = new StringBuilder();
        foreach (var (table, chains) in Tables4)
        {
            text.Append(CultureInfo.InvariantCulture, $"*{table}\n");
            foreach (var chain in chains)
            {
                var policy = table != "nat" && random.Next(3) == 0 ? "DROP" : "ACCEPT";

                // The tool makes those of policies zero whenever it writes, so there is nothing to compare.
                text.Append(CultureInfo.InvariantCulture, $":{chain} {policy} [0:0]\n");
            }

            var own = Names.Where(_ => random.Next(2) == 0).OrderBy(_ => random.Next()).ToArray();
            foreach (var name in own) text.Append(CultureInfo.InvariantCulture, $":{name} - [0:0]\n");
            var count = random.Next(12);
            for (var i = 0; i < count; i++)
            {
                var chain = random.Next(2) == 0 || own.Length == 0 ? chains[random.Next(chains.Length)] : own[random.Next(own.Length)];
                text.Append(CultureInfo.InvariantCulture, $"{Counters(random)} -A {chain} {Rule(random, table, chain, own, family)}\n");
            }

            text.Append("COMMIT\n");
        }

        return text.ToString();
    }

    /// <summary>A change that leaves what is there: rules on top and at the end of built-in chains, and a chain more.</summary>
    public static string Change(Random random, IpFamily family)
    {
        var (table, chains) = Tables4[random.Next(Tables4.Length)];
        var chain = chains[random.Next(chains.Length)];
        var first = Rule(random, table, chain, [], family);
        var name = string.Create(CultureInfo.InvariantCulture, $"NEW-{random.Next(100)}");
        return string.Create(CultureInfo.InvariantCulture, $"*{table}\n:{name} - [0:0]\n-I {chain} {first}\n-A {chain} -j {name}\n-A {name} -p tcp -j RETURN\nCOMMIT\n");
    }

    private static string Counters(Random random) =>
        string.Create(CultureInfo.InvariantCulture, $"[{random.Next(1000)}:{random.Next(100000)}]");

    private static string Rule(Random random, string table, string chain, string[] own, IpFamily family)
    {
        var match = random.Next(12) switch
        {
            0 => "-m limit --limit 5/min",
            1 => "-p tcp -m multiport --dports 80,443,8080:8090",
            2 => "-p udp -m udp --sport 53",
            3 => family == IpFamily.IPv4 ? "-p icmp -m icmp --icmp-type 8" : "-p ipv6-icmp -m icmp6 --icmpv6-type 128",
            4 => "-m comment --comment \"it's \\\"quoted\\\" text\"",
            5 => "-m conntrack --ctstate RELATED,ESTABLISHED",
            6 => "-m mark --mark 0x10/0xff",
            7 => family == IpFamily.IPv4 ? "! -s 10.9.0.0/16 -d 10.8.1.2/32" : "! -s fd00:9::/64 -d fd00:8::1/128",
            8 => "-p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN",
            9 => "-m statistic --mode nth --every 3 --packet 0",
            10 => "-m hashlimit --hashlimit-upto 10/sec --hashlimit-burst 20 --hashlimit-mode srcip --hashlimit-name some",
            _ => "-p tcp",
        };
        var output = chain is "POSTROUTING" or "OUTPUT" && random.Next(3) == 0 ? "-o eth+ " : "";
        var target = random.Next(8) switch
        {
            0 when table == "nat" && chain == "POSTROUTING" => "-j MASQUERADE",
            1 when table == "filter" => "-j LOG --log-prefix \"some \"",
            2 when table == "mangle" => "-j MARK --set-xmark 0x5/0xff",
            3 => "",
            4 => "-j RETURN",
            5 when own.Length > 0 && Later(chain, own) is { } name => $"-g {name}",
            6 when own.Length > 0 && Later(chain, own) is { } name => $"-j {name}",
            _ => "-j ACCEPT",
        };
        return $"{output}{match} {target}".TrimEnd();
    }

    /// <summary>Only chains further down in the list are jumped to, so none leads to itself.</summary>
    private static string? Later(string chain, string[] own) => Array.IndexOf(own, chain) is var at && at + 1 < own.Length ? own[at + 1] : null;
}
