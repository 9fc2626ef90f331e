using System.Globalization;
using System.Text;
using Shunt.Backends.Iptables;
using Shunt.Backends.Iptables.LegacyVariant;
using Shunt.Model;
using Shunt.Testing.Iptables;

namespace Shunt.Kernel.Tests.Iptables.LegacyVariant;

/// <summary>x_tables without a tool: what is there already, what others do to it, and what the kernel does not take.</summary>
[Trait("needs", "root")]
public sealed class LegacyKernelTests
{
    private const string Foreign = """
        *nat
        :CNI-HOSTPORT - [0:0]
        -A PREROUTING -p tcp -m multiport --dports 80,8888 -g CNI-HOSTPORT
        -A CNI-HOSTPORT -m limit --limit 5/min -j RETURN
        COMMIT
        *filter
        :KUBE-ROUTER - [0:0]
        -A FORWARD -m limit --limit 5/min -j LOG --log-prefix "some "
        -A KUBE-ROUTER -j RETURN
        COMMIT

        """;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(IpFamily.IPv4)]
    [InlineData(IpFamily.IPv6)]
    public async Task What_the_tool_wrote_is_taken_over_as_it_is(IpFamily family)
    {
        await using var node = await LegacyNode.CreateAsync(family, Ct);
        node.Cluster.Change(40);
        var program = new IptablesCompiler(node.Options).Compile(node.Cluster.Snapshot());
        await node.RestoreAsync(IptablesFixture.Text(program), Ct);
        var before = await node.SaveAsync(Ct);

        var delta = new IptablesDiffer().Diff(await node.Kernel.ReadAsync(Ct), program);
        await node.SyncAsync(Ct);

        Assert.True(delta.IsEmpty, Text(delta));
        Assert.Equal(before, await node.SaveAsync(Ct));
    }

    [Fact]
    public async Task What_is_read_is_what_the_tool_prints()
    {
        await using var node = await LegacyNode.CreateAsync(IpFamily.IPv4, Ct);
        await node.ChangeAsync(40, Ct);

        var read = (await node.Kernel.ReadAsync(Ct)).Unclaimed!; // what is read has no owners
        var printed = IptablesText.ParseSave(Encoding.UTF8.GetBytes(string.Join('\n', await node.SaveAsync(Ct))));

        Assert.Equal(Lines(printed), Lines(read));
    }

    [Theory]
    [InlineData("-F")]
    [InlineData("-X")]
    [InlineData("-D FORWARD -m conntrack --ctstate NEW -m comment --comment kubernetes\\ service\\ portals -j KUBE-SERVICES", "filter")]
    [InlineData("-D OUTPUT -m comment --comment kubernetes\\ service\\ portals -j KUBE-SERVICES", "nat")]
    [InlineData("-F KUBE-POSTROUTING", "nat")]
    public async Task What_was_flushed_or_deleted_by_hand_comes_back(string command, params string[] tables)
    {
        await using var node = await LegacyNode.CreateAsync(IpFamily.IPv4, Ct);
        await node.RestoreAsync(Foreign, Ct);
        await node.ChangeAsync(20, Ct);
        var before = Ours(await node.SaveAsync(Ct));
        Assert.True(await node.Dataplane.IsIntactAsync(Ct));

        foreach (var table in tables.Length > 0 ? tables : ["mangle", "filter", "nat"])
        {
            if (command == "-X") await node.IptablesAsync($"-t {table} -F", Ct);
            (await node.RunAsync("sh", ["-c", $"iptables-legacy -w -t {table} {command}"], null, Ct)).EnsureSuccess();
        }

        Assert.False(await node.Dataplane.IsIntactAsync(Ct));
        await node.SyncAsync(Ct);

        Assert.Equal(before, Ours(await node.SaveAsync(Ct)));
        Assert.True(await node.Dataplane.IsIntactAsync(Ct));
    }

    [Fact]
    public async Task A_foreign_change_between_two_syncs_is_carried_over()
    {
        await using var node = await LegacyNode.CreateAsync(IpFamily.IPv4, Ct);
        await node.ChangeAsync(20, Ct);
        await node.RestoreAsync(Foreign, Ct);
        await node.ChangeAsync(3, Ct);

        // Of the same size, so that only the lock file tells.
        await node.IptablesAsync("-t nat -R CNI-HOSTPORT 1 -m limit --limit 7/min -j RETURN", Ct);
        await node.ChangeAsync(3, Ct);

        var saved = await node.SaveAsync(Ct);
        Assert.Contains("-A CNI-HOSTPORT -m limit --limit 7/min -j RETURN", saved);
        Assert.Contains("-A PREROUTING -p tcp -m multiport --dports 80,8888 -g CNI-HOSTPORT", saved);
        Assert.True((await node.Dataplane.VerifyAsync(node.Cluster.Snapshot(), Ct)).IsEmpty);
    }

    [Fact]
    public async Task Rules_that_stay_keep_their_counters()
    {
        await using var node = await LegacyNode.CreateAsync(IpFamily.IPv4, Ct);
        await node.RestoreAsync(Foreign, Ct);
        await node.ChangeAsync(30, Ct);
        await CountAsync(node);
        var before = CountedRules(await node.SaveAsync(Ct, "-c"));

        await node.ChangeAsync(5, Ct);

        var after = CountedRules(await node.SaveAsync(Ct, "-c"));
        var kept = after.Keys.Intersect(before.Keys).ToList();
        Assert.InRange(kept.Count, before.Count / 2, before.Count - 1);
        Assert.All(kept, line => Assert.Equal(before[line], after[line]));
        Assert.All(after.Keys.Except(kept), line => Assert.Equal("[0:0]", after[line]));
    }

    [Theory]
    [InlineData("-A KUBE-FORWARD -j KUBE-NONE\n", "KUBE-NONE")]
    [InlineData("-A KUBE-FORWARD -m odd -j ACCEPT\n", "-m odd")]
    [InlineData("-A KUBE-FORWARD -j MASQUERADE\n", "EINVAL")]
    [InlineData("-A KUBE-FORWARD -j KUBE-FORWARD\n", "ELOOP")]
    public async Task What_is_refused_changes_nothing(string rule, string named)
    {
        await using var node = await LegacyNode.CreateAsync(IpFamily.IPv4, Ct);
        await node.ChangeAsync(10, Ct);
        var before = await node.SaveAsync(Ct);
        var unit = new DeltaUnit(null);
        unit.Add(IptablesTable.Filter, new ChainOp(ChainOpKind.Create, "KUBE-NEW"u8.ToArray(), default, default));
        unit.Add(IptablesTable.Filter, new ChainOp(ChainOpKind.Append, "KUBE-FORWARD"u8.ToArray(), Encoding.ASCII.GetBytes(rule), default));

        var answer = await node.Kernel.ApplyAsync(new IptablesDelta([unit]), Ct);

        Assert.NotNull(answer.Refused);
        Assert.Contains(named, answer.Reason, StringComparison.Ordinal);
        Assert.Equal(before, await node.SaveAsync(Ct));
        await node.ChangeAsync(5, Ct);
        Assert.True((await node.Dataplane.VerifyAsync(node.Cluster.Snapshot(), Ct)).IsEmpty);
    }

    [Fact]
    public async Task Cleaning_up_leaves_what_others_have()
    {
        await using var node = await LegacyNode.CreateAsync(IpFamily.IPv4, Ct);
        await node.RestoreAsync("*mangle\nCOMMIT\n" + Foreign, Ct);
        var before = await node.SaveAsync(Ct);
        await node.ChangeAsync(20, Ct);

        // A way into a chain of ours that is not like any of ours must go too, or the chain could not.
        await node.IptablesAsync("-t nat -I PREROUTING -m limit --limit 5/min -j KUBE-SERVICES", Ct);
        await node.Dataplane.CleanupAsync(Ct);

        Assert.Equal(before, [.. (await node.SaveAsync(Ct)).Where(static line => !line.Contains("KUBE-FIREWALL", StringComparison.Ordinal))]);
    }

    [Theory]
    [InlineData(IpFamily.IPv4)]
    [InlineData(IpFamily.IPv6)]
    public async Task The_probe_makes_no_table(IpFamily family)
    {
        await using var node = await LegacyNode.CreateAsync(family, Ct);
        var names = family == IpFamily.IPv4 ? "/proc/net/ip_tables_names" : "/proc/net/ip6_tables_names";

        Assert.Null(node.Run(() => LegacyKernel.Probe(family)));

        Assert.Equal("", (await node.RunAsync("cat", [names], null, Ct)).Output);
    }

    /// <summary>Gives every rule counters of its own.</summary>
    private static async Task CountAsync(LegacyNode node)
    {
        var number = 0;
        var lines = await node.SaveAsync(Ct);
        for (var i = 0; i < lines.Count; i++)
        {
            number++;
            if (lines[i].StartsWith('-')) lines[i] = string.Create(CultureInfo.InvariantCulture, $"[{number}:{number * 100}] {lines[i]}");
            else lines[i] = lines[i].Replace("ACCEPT [0:0]", string.Create(CultureInfo.InvariantCulture, $"ACCEPT [{number}:{number * 100}]"), StringComparison.Ordinal);
        }

        (await node.RunAsync("iptables-legacy-restore", ["-c"], string.Join('\n', lines), Ct)).EnsureSuccess();
    }

    /// <summary>Counters by table and rule; rules that are there twice are left out, for they cannot be told apart.</summary>
    private static Dictionary<string, string> CountedRules(List<string> saved)
    {
        var table = "";
        var rules = new List<(string Rule, string Counters)>();
        foreach (var line in saved)
        {
            if (line.StartsWith('*')) table = line;
            else if (line.StartsWith('[')) rules.Add((table + line[(line.IndexOf(']', StringComparison.Ordinal) + 1)..], line[..(line.IndexOf(']', StringComparison.Ordinal) + 1)]));
            else if (line.Contains(" ACCEPT [", StringComparison.Ordinal)) rules.Add((table + line.Split(' ')[0], line.Split(' ')[2]));
        }

        return rules.GroupBy(static rule => rule.Rule).Where(static group => group.Count() == 1).ToDictionary(static group => group.Key, static group => group.Single().Counters);
    }

    private static List<string> Lines(IptablesDump dump) =>
        [.. dump.Chains.Select(static chain => $"{chain.Table} {Encoding.UTF8.GetString(chain.Name.Span)} {chain.IsBuiltIn}\n{Encoding.UTF8.GetString(chain.Rules.Span)}").Order(StringComparer.Ordinal)];

    /// <summary>In any order: a rule in a built-in chain comes back on top.</summary>
    private static List<string> Ours(List<string> saved) =>
        [.. SavedRules.Of(string.Join('\n', saved)).Where(static line => line.Contains("KUBE-", StringComparison.Ordinal) && !line.Contains("KUBE-ROUTER", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    private static string Text(IptablesDelta delta)
    {
        using var text = new StringWriter();
        delta.WriteTo(text);
        return text.ToString();
    }
}
