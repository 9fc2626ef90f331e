using System.Text;
using Shunt.Backends.Iptables;
using Shunt.Backends.Iptables.NftVariant;
using Shunt.Backends.Iptables.Rules;
using Shunt.Model;
using Shunt.Netlink;
using Shunt.Netlink.Netfilter;
using Shunt.Testing.Iptables;

namespace Shunt.Backends.Tests.Iptables;

/// <summary>A rule is the same as text, as what is known about it, and as the bytes that the kernel gets.</summary>
public sealed class RuleRoundTripTests
{
    public static TheoryData<int, IpFamily> Seeds
    {
        get
        {
            var seeds = new TheoryData<int, IpFamily>();
            for (var seed = 0; seed < 40; seed++) seeds.Add(seed, seed % 2 == 0 ? IpFamily.IPv4 : IpFamily.IPv6);
            return seeds;
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Every_rule_of_a_program_reads_back_as_it_was_written(int seed, IpFamily family)
    {
        var cluster = new RandomCluster(seed, family);
        cluster.Change(40);
        var options = IptablesFixture.Options(family) with { Dispatch = seed % 4 < 2 ? IptablesDispatch.Linear : IptablesDispatch.Tree, MasqueradeAll = seed % 5 == 0 };
        var lines = IptablesFixture.Text(new IptablesCompiler(options).Compile(cluster.Snapshot())).Split('\n').Where(static line => line.StartsWith("-A", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(lines);
        foreach (var line in lines)
        {
            Assert.Equal(line, ThroughText(line, family));
            Assert.Equal(line, ThroughBytes(line, family));
        }
    }

    [Theory]
    [InlineData("-A c -s 10.0.0.0/9 ! -d 10.96.0.0/13 -j RETURN")]
    [InlineData("-A c ! -i eth0 -p udp -m udp --dport 53 -j DROP")]
    [InlineData("-A c -i cali+ -m comment --comment plain -j ACCEPT")]
    [InlineData("-A c -m comment --comment \"two words\"")]
    [InlineData("-A c -m mark --mark 0x1 -j RETURN")]
    [InlineData("-A c -m conntrack --ctstate INVALID,NEW,RELATED,ESTABLISHED,UNTRACKED,SNAT,DNAT -j RETURN")]
    [InlineData("-A c -p sctp -m sctp --dport 9 -j DNAT --to-destination 10.0.0.1:65535")]
    [InlineData("-A c -m statistic --mode random --probability 0.00097656250 -j KUBE-SEP-X")]
    [InlineData("-A c -j MARK --set-xmark 0x80000000/0x0")]
    [InlineData("-A c")]
    public void A_rule_reads_back_as_it_was_written(string line)
    {
        Assert.Equal(line, ThroughText(line, IpFamily.IPv4));
        Assert.Equal(line, ThroughBytes(line, IpFamily.IPv4));
    }

    [Theory]
    [InlineData("-A c -j TEE --gateway 10.0.0.1")]
    [InlineData("-A c -m limit --limit 5/sec -j RETURN")]
    [InlineData("-A c -o eth0 -j RETURN")]
    [InlineData("-A c ! -p tcp -j RETURN")]
    [InlineData("-A c -d 10.0.0.0/33 -j RETURN")]
    [InlineData("-A c -p tcp -m udp --dport 1 -j RETURN")]
    [InlineData("-A c -p tcp -m tcp --dport x -j RETURN")]
    [InlineData("-A c -m comment --comment \"never ends")]
    [InlineData("-A c -j DNAT --to-destination 10.0.0.1")]
    [InlineData("-I c -j RETURN")]
    public void Words_that_no_rule_of_ours_has_are_an_error_that_names_the_rule(string line)
    {
        var error = Assert.Throws<KernelException>(() => RuleParser.Parse(Encoding.UTF8.GetBytes(line), new Rule()));

        Assert.Contains(line, error.Message, StringComparison.Ordinal);
    }

    private static string ThroughText(string line, IpFamily family)
    {
        var rule = new Rule();
        RuleParser.Parse(Encoding.UTF8.GetBytes(line), rule);
        return Print(rule, family);
    }

    private static string ThroughBytes(string line, IpFamily family)
    {
        var (written, read) = (new Rule(), new Rule());
        RuleParser.Parse(Encoding.UTF8.GetBytes(line), written);
        var target = written.Target.Kind == RuleTargetKind.Jump ? Encoding.UTF8.GetString(written.Target.Chain.Span) : null;
        var expressions = new NftRuleEncoder(family).Encode(written, target).Expressions;
        Assert.True(new NftRuleDecoder(family).TryDecode(new NftRuleEntry { Expressions = new NetlinkAttributes(expressions) }, written.Chain, read), line);
        return Print(read, family);
    }

    private static string Print(Rule rule, IpFamily family)
    {
        var output = new RuleWriter();
        RulePrinter.Print(rule, family, output);
        return Encoding.UTF8.GetString(output.Written[..^1]);
    }
}
