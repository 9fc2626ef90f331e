using System.Collections.Immutable;
using Shunt.Netlink;
using Shunt.Netlink.Netfilter;
using Shunt.Testing;
using Shunt.Testing.Network;

namespace Shunt.Kernel.Tests.Nftables;

/// <summary>The netlink layer under nftables mode, against the kernel.</summary>
[Trait("needs", "root")]
public sealed class NftTablesTests
{
    private const NetfilterFamily V4 = NetfilterFamily.NFPROTO_IPV4;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_written_reads_back()
    {
        Root.SkipUnlessAvailable();
        await using var at = await ScratchNamespace.CreateAsync("tables", Ct);
        using var tables = at.Net.Run(NftTables.Open);
        var hook = new NftHook(NftChainType.Filter, NftHookNumber.NF_INET_LOCAL_IN, 10);
        var batch = SomeTable();
        batch.AddChain("in", hook);
        batch.AddRule("in", new NftExpressions().LoadNetworkHeader(16, 4, 1).LookupMember("m", 1).Drop().Written, [0, 2, 65, 0]);
        batch.AddElement("m", Element(1, 5, NftUserData.Comment("one")));

        Assert.Empty(tables.Apply(batch));

        var seen = new List<string>();
        tables.DumpChains(V4, "t", seen, static (to, chain) => to.Add($"chain {chain.Name} {chain.Hook} {chain.Accepts}"));
        tables.DumpSets(V4, "t", seen, static (to, set) => to.Add($"set {set.Name} {set.Flags} {set.KeyLength} {set.DataLength}"));
        tables.DumpRules(V4, "t", seen, static (to, rule) => to.Add($"rule {rule.Chain} {Convert.ToHexString(rule.UserData)}"));
        tables.DumpElements(V4, "t", "m", seen, static (to, e) => to.Add($"element {e.Key[0]} {e.Data[0]} {System.Text.Encoding.UTF8.GetString(NftUserData.ReadComment(e.UserData))}"));
        Assert.Equal([$"chain in {hook} True", "set m NFT_SET_MAP 4 4", "rule in 00024100", "element 1 5 one"], seen);
        Assert.True(tables.HasTable(V4, "t"));
        Assert.False(tables.HasTable(NetfilterFamily.NFPROTO_IPV6, "t"));
        Assert.True(tables.TryGetElement(V4, "t", "m", [1, 0, 0, 0], 0, static (_, _) => { }));
        Assert.False(tables.TryGetElement(V4, "t", "m", [2, 0, 0, 0], 0, static (_, _) => { }));
        Assert.False(tables.TryGetElement(V4, "none", "m", [2, 0, 0, 0], 0, static (_, _) => { }));
    }

    [Fact]
    public async Task Of_a_table_that_is_not_there_there_is_nothing()
    {
        Root.SkipUnlessAvailable();
        await using var at = await ScratchNamespace.CreateAsync("tables", Ct);
        using var tables = at.Net.Run(NftTables.Open);

        tables.DumpChains(V4, "t", 0, static (_, _) => Assert.Fail("a chain"));
        tables.DumpRules(V4, "t", 0, static (_, _) => Assert.Fail("a rule"));
        tables.DumpSets(V4, "t", 0, static (_, _) => Assert.Fail("a set"));
        tables.DumpElements(V4, "t", "m", 0, static (_, _) => Assert.Fail("an element"));
    }

    [Fact]
    public async Task A_transaction_is_looked_at_without_being_made()
    {
        Root.SkipUnlessAvailable();
        await using var at = await ScratchNamespace.CreateAsync("tables", Ct);
        using var tables = at.Net.Run(NftTables.Open);
        var before = tables.ReadGeneration();

        Assert.Empty(tables.Check(SomeTable()));
        var wrong = SomeTable();
        wrong.Owner = 3;
        wrong.AddRule("nowhere", [], []);

        Assert.Equal(new NftError(NetlinkErrno.ENOENT, 3, "rule of chain nowhere"), Assert.Single(tables.Check(wrong)));
        Assert.False(tables.HasTable(V4, "t"));
        Assert.Equal(before, tables.ReadGeneration());
    }

    [Fact]
    public async Task Every_culprit_is_named_and_nothing_of_the_transaction_is_in_force()
    {
        Root.SkipUnlessAvailable();
        await using var at = await ScratchNamespace.CreateAsync("tables", Ct);
        using var tables = at.Net.Run(NftTables.Open);
        var batch = SomeTable();
        batch.AddElement("m", Element(1, 1));
        Assert.Empty(tables.Apply(batch));

        batch.Clear();
        for (var owner = 10; owner < 20; owner++)
        {
            batch.Owner = owner;
            batch.AddElement("m", Element(owner == 15 ? 1 : owner, owner)); // 1 has another value
        }

        batch.Owner = 20;
        batch.DeleteElement("m", Element(99, 0));
        var errors = tables.Apply(batch);

        Assert.Equal([(NetlinkErrno.EEXIST, 15), (NetlinkErrno.ENOENT, 20)], errors.Select(static error => (error.Errno, error.Owner)));
        Assert.Equal(1, Count(tables));
    }

    [Fact]
    public async Task Tens_of_thousands_of_elements_are_one_transaction()
    {
        Root.SkipUnlessAvailable();
        await using var at = await ScratchNamespace.CreateAsync("tables", Ct);
        using var tables = at.Net.Run(NftTables.Open);
        var batch = SomeTable();
        for (var i = 0; i < 30_000; i++) batch.AddElement("m", Element(i, i));

        Assert.True(batch.Length > 1 << 20);
        Assert.Empty(tables.Apply(batch));
        Assert.Equal(30_000, Count(tables));
    }

    [Fact]
    public async Task A_dump_that_a_change_overtakes_says_so()
    {
        Root.SkipUnlessAvailable();
        await using var at = await ScratchNamespace.CreateAsync("tables", Ct);
        using var tables = at.Net.Run(NftTables.Open);
        using var other = at.Net.Run(NftTables.Open);
        var batch = SomeTable();
        for (var i = 0; i < 30_000; i++) batch.AddElement("m", Element(i, i));
        Assert.Empty(tables.Apply(batch));
        batch.Clear();
        batch.DeleteElement("m", Element(7, 0));
        var changes = new Queue<NftBatch>([batch]);

        var failed = Assert.Throws<NetlinkException>(() => tables.DumpElements(V4, "t", "m", (other, changes), static (to, _) =>
        {
            if (to.changes.TryDequeue(out var change)) Assert.Empty(to.other.Apply(change));
        }));

        Assert.Equal(NetlinkErrno.ERESTART, failed.Errno);
    }

    [Fact]
    public async Task The_monitor_says_what_was_changed_and_by_whom()
    {
        Root.SkipUnlessAvailable("nft");
        await using var at = await ScratchNamespace.CreateAsync("tables", Ct);
        using var tables = at.Net.Run(NftTables.Open);
        using var monitor = at.Net.Run(NftMonitor.Open);

        Assert.Empty(tables.Apply(SomeTable()));
        (await at.RunAsync("nft", ["add", "element", "ip", "t", "m", "{ 1.0.0.0 : 5.0.0.0 }"], null, Ct)).EnsureSuccess();

        var own = await monitor.ReceiveAsync(Ct);
        Assert.Equal(tables.PortId, own.PortId);
        Assert.Contains(new NftTouched(V4, "t", NftObject.Set, "m", false), own.Touched);
        var others = await monitor.ReceiveAsync(Ct);
        Assert.NotEqual(tables.PortId, others.PortId);
        Assert.Equal("nft", others.ProcessName);
        Assert.Equal([new NftTouched(V4, "t", NftObject.Element, "m", false)], others.Touched);
    }

    [Fact]
    public async Task What_is_missed_is_told()
    {
        Root.SkipUnlessAvailable();
        await using var at = await ScratchNamespace.CreateAsync("tables", Ct);
        using var tables = at.Net.Run(NftTables.Open);
        using var monitor = at.Net.Run(NftMonitor.Open);
        var batch = SomeTable();
        for (var i = 0; i < 30_000; i++) batch.AddElement("m", Element(i, i));

        NftChange change;
        do
        {
            Assert.Empty(tables.Apply(batch));
            batch.Clear();
            batch.DeleteTable();
            Assert.Empty(tables.Apply(batch));
            batch = SomeTable();
            for (var i = 0; i < 30_000; i++) batch.AddElement("m", Element(i, i));
            change = await monitor.ReceiveAsync(Ct);
        }
        while (!change.EventsLost);
    }

    private static NftBatch SomeTable()
    {
        var batch = new NftBatch(V4, "t");
        batch.AddTable(NftUserData.Comment("a table"));
        batch.AddSet(new NftSet { Name = "m", Flags = NftSetFlags.NFT_SET_MAP, KeyType = 7, KeyLength = 4, DataType = 7, DataLength = 4 });
        return batch;
    }

    private static NftElement Element(int key, int data, byte[]? userData = null) =>
        new() { Key = BitConverter.GetBytes(key), Data = BitConverter.GetBytes(data), UserData = userData };

    private static int Count(NftTables tables)
    {
        var count = ImmutableArray.CreateBuilder<byte>();
        tables.DumpElements(V4, "t", "m", count, static (to, _) => to.Add(0));
        return count.Count;
    }
}
