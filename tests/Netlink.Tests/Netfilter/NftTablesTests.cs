using System.Buffers.Binary;
using System.Text;
using Shunt.Netlink.Netfilter;
using static Shunt.Netlink.Tests.Netfilter.NftNamespace;

namespace Shunt.Netlink.Tests.Netfilter;

[Trait("needs", "root")]
public sealed class NftTablesTests
{
    private const int Many = 20_000;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Chains_are_read_with_where_packets_enter_them()
    {
        await using var net = await CreateAsync(Ct);
        var nat = new NftHook(NftChainType.Nat, NftHookNumber.NF_INET_PRE_ROUTING, -100);
        var route = new NftHook(NftChainType.Route, NftHookNumber.NF_INET_LOCAL_OUT, -150);
        var filter = new NftHook(NftChainType.Filter, NftHookNumber.NF_INET_FORWARD, 7);
        net.Apply(batch =>
        {
            batch.AddTable(NftUserData.Comment("hello"));
            batch.AddChain("nat", nat);
            batch.AddChain("route", route);
            batch.AddChain("filter", filter);
            batch.AddChain("plain", null);
        });
        Assert.Empty(net.Tables.Apply(Other()));

        Assert.Equal(
            [new NftChainEntry("nat", nat, true), new("route", route, true), new("filter", filter, true), new("plain", null, true)],
            Chains(net));
    }

    [Fact]
    public async Task A_chain_that_drops_by_default_is_told_from_one_that_accepts()
    {
        await using var net = await CreateAsync(Ct, "nft");
        await net.NftAsync("table ip t { chain c { type filter hook input priority 0; policy drop; }; }", Ct);
        Assert.Equal([new NftChainEntry("c", new(NftChainType.Filter, NftHookNumber.NF_INET_LOCAL_IN, 0), false)], Chains(net));
    }

    [Fact]
    public async Task Rules_are_read_in_order_with_what_was_noted_about_them()
    {
        await using var net = await CreateAsync(Ct);
        var accept = new NftExpressions().Accept();
        net.Apply(batch =>
        {
            batch.AddTable([]);
            batch.AddChain("b", null);
            batch.AddChain("a", null);
            batch.AddRule("a", accept.Written, NftUserData.Comment("one"));
            batch.AddRule("b", accept.Written, NftUserData.Comment("two"));
            batch.AddRule("a", accept.Written, []);
        });
        Assert.Empty(net.Tables.Apply(Other()));
        Assert.Equal(["b two", "a one", "a"], Rules(net));

        net.Apply(static batch =>
        {
            batch.FlushChain("a");
            batch.DeleteChain("a");
        });
        Assert.Equal(["b two"], Rules(net));
        Assert.Single(Chains(net));
    }

    [Fact]
    public async Task Sets_are_read_with_what_they_are()
    {
        await using var net = await CreateAsync(Ct);
        Assert.Empty(net.Tables.Apply(Base()));
        net.Apply(static batch => batch.AddSet(new NftSet
        {
            Name = "affinity",
            Flags = NftSetFlags.NFT_SET_MAP | NftSetFlags.NFT_SET_TIMEOUT | NftSetFlags.NFT_SET_EVAL,
            KeyType = 4,
            KeyLength = 20,
            DataType = 4,
            DataLength = 12,
            Size = 100,
        }));
        Assert.Empty(net.Tables.Apply(Other()));
        Assert.Equal(
            [
                new NftSetEntry("affinity", NftSetFlags.NFT_SET_MAP | NftSetFlags.NFT_SET_TIMEOUT | NftSetFlags.NFT_SET_EVAL, 20, 12),
                new NftSetEntry("m", NftSetFlags.NFT_SET_MAP, 4, 4),
                new NftSetEntry("s", NftSetFlags.None, 4, 0),
            ],
            Sets(net));

        net.Apply(static batch => batch.DeleteSet("affinity"));
        Assert.Equal(["m", "s"], Sets(net).Select(static set => set.Name));
    }

    [Fact]
    public async Task Elements_are_read_with_value_and_comment_all_of_them_or_one()
    {
        await using var net = await CreateAsync(Ct);
        Assert.Empty(net.Tables.Apply(Base()));
        net.Apply(static batch =>
        {
            batch.AddElement("m", new NftElement { Key = [0, 0, 0, 1], Data = [9, 9, 9, 9], UserData = NftUserData.Comment("default/web") });
            batch.AddElement("m", new NftElement { Key = [0, 0, 0, 2], Data = [8, 8, 8, 8] });
            batch.AddElement("s", new NftElement { Key = [1, 2, 3, 4], UserData = NftUserData.Comment(new string('x', 500)) });
        });
        Assert.Equal(["00000001: 09090909 default/web", "00000002: 08080808"], net.Elements("m"));
        Assert.Equal(["01020304:  " + new string('x', NftUserData.MaxCommentLength)], net.Elements("s"));
        Assert.Equal("00000001: 09090909 default/web", Element(net, "m", [0, 0, 0, 1]));
        Assert.Null(Element(net, "m", [0, 0, 0, 3]));
        Assert.Null(Element(net, "none", [0, 0, 0, 1]));

        // The same once more is no error; deleted and added in one transaction it has a new value.
        net.Apply(static batch =>
        {
            batch.AddElement("s", new NftElement { Key = [1, 2, 3, 4] });
            batch.DeleteElement("m", new NftElement { Key = [0, 0, 0, 1] });
            batch.AddElement("m", new NftElement { Key = [0, 0, 0, 1], Data = [7, 7, 7, 7] });
            batch.DeleteElement("m", new NftElement { Key = [0, 0, 0, 2] });
        });
        Assert.Equal(["00000001: 07070707"], net.Elements("m"));
    }

    [Fact]
    public async Task Of_a_table_that_is_not_there_there_is_nothing()
    {
        await using var net = await CreateAsync(Ct);
        Assert.Empty(net.Tables.Apply(Other()));
        AssertNothing();

        Assert.Empty(net.Tables.Apply(Base()));
        Assert.True(net.Tables.HasTable(V4, "t"));
        Assert.False(net.Tables.HasTable(V6, "t"));
        Assert.Empty(net.Elements("none"));

        net.Apply(static batch => batch.DeleteTable());
        AssertNothing();

        void AssertNothing()
        {
            Assert.False(net.Tables.HasTable(V4, "t"));
            Assert.Empty(Chains(net));
            Assert.Empty(Rules(net));
            Assert.Empty(Sets(net));
            Assert.Empty(net.Elements("s"));
            Assert.Null(Element(net, "s", [0, 0, 0, 1]));
        }
    }

    [Fact]
    public async Task Each_transaction_adds_one_to_the_generation()
    {
        await using var net = await CreateAsync(Ct);
        var before = net.Tables.ReadGeneration();
        Assert.Empty(net.Tables.Apply(Base()));
        net.Apply(static batch => batch.AddElement("s", new NftElement { Key = [0, 0, 0, 1] }));
        Assert.Equal(before + 2, net.Tables.ReadGeneration());
    }

    [Theory]
    [InlineData(V4)]
    [InlineData(V6)]
    public async Task Many_elements_are_one_transaction(NetfilterFamily family)
    {
        await using var net = await CreateAsync(Ct);
        var batch = Base(family);
        AddMany(batch, Many);
        Assert.Empty(net.Tables.Apply(batch));
        var found = net.Elements("m", family);
        Assert.Equal(Many, found.Count);
        Assert.Equal("00004E1F: 00004E1F", found[^1]);

        batch.Clear();
        Span<byte> key = stackalloc byte[4];
        for (var i = 0; i < Many; i++)
        {
            BinaryPrimitives.WriteInt32BigEndian(key, i);
            batch.DeleteElement("m", new NftElement { Key = key });
        }

        Assert.Empty(net.Tables.Apply(batch));
        Assert.Empty(net.Elements("m", family));
    }

    [Fact]
    public async Task A_transaction_may_be_longer_than_what_anybody_may_send()
    {
        await using var net = await CreateAsync(Ct);
        var batch = Base();
        AddMany(batch, 320_000);
        Assert.InRange(batch.Length, 8 << 20, int.MaxValue); // twice what wmem_max is on most machines
        Assert.Empty(net.Tables.Apply(batch));
        Assert.Equal(320_000, net.Elements("m").Count);

        net.Apply(static batch => batch.DeleteTable()); // and a short one thereafter
        Assert.False(net.Tables.HasTable(V4, "t"));
    }

    [Fact]
    public async Task Elements_overtaken_by_a_change_are_to_be_asked_for_again()
    {
        await using var net = await CreateAsync(Ct);
        using var other = net.Open(NftTables.Open);
        var batch = Base();
        AddMany(batch, Many);
        Assert.Empty(net.Tables.Apply(batch));

        var change = new NftBatch(V4, "t");
        change.AddElement("s", new NftElement { Key = [0, 0, 0, 1] });
        var seen = 0;
        var e = Assert.Throws<NetlinkException>(() => net.Tables.DumpElements(V4, "t", "m", 0, (_, _) =>
        {
            if (seen++ == 0) Assert.Empty(other.Apply(change));
        }));
        Assert.Equal(NetlinkErrno.ERESTART, e.Errno);

        Assert.Equal(Many, net.Elements("m").Count);
    }

    [Fact]
    public async Task Rules_overtaken_by_a_change_are_to_be_asked_for_again()
    {
        await using var net = await CreateAsync(Ct);
        using var other = net.Open(NftTables.Open);
        var batch = Base();
        var accept = new NftExpressions().Accept();
        for (var i = 0; i < 2000; i++) batch.AddRule("c", accept.Written, NftUserData.Comment(new string('x', 100)));
        Assert.Empty(net.Tables.Apply(batch));

        var change = new NftBatch(V4, "t");
        change.AddChain("new", null);
        var seen = 0;
        var e = Assert.Throws<NetlinkException>(() => net.Tables.DumpRules(V4, "t", 0, (_, _) =>
        {
            if (seen++ == 0) Assert.Empty(other.Apply(change));
        }));
        Assert.Equal(NetlinkErrno.ERESTART, e.Errno);

        Assert.Equal(2000, Rules(net).Count);
    }

    [Fact]
    public async Task Half_of_a_set_that_then_went_is_not_taken_for_all_of_it()
    {
        await using var net = await CreateAsync(Ct);
        using var other = net.Open(NftTables.Open);
        var batch = Base();
        AddMany(batch, Many);
        Assert.Empty(net.Tables.Apply(batch));

        var change = new NftBatch(V4, "t");
        change.DeleteTable();
        var seen = 0;
        var e = Assert.Throws<NetlinkException>(() => net.Tables.DumpElements(V4, "t", "m", 0, (_, _) =>
        {
            if (seen++ == 0) Assert.Empty(other.Apply(change));
        }));
        Assert.Equal(NetlinkErrno.ERESTART, e.Errno);
        Assert.InRange(seen, 1, Many - 1);
        Assert.Empty(net.Elements("m"));
    }

    [Fact]
    public async Task A_dump_that_its_reader_gave_up_does_not_stand_in_the_way_of_the_next()
    {
        await using var net = await CreateAsync(Ct);
        var batch = Base();
        AddMany(batch, Many);
        Assert.Empty(net.Tables.Apply(batch));
        Assert.Throws<InvalidDataException>(() => net.Tables.DumpElements(V4, "t", "m", 0, static (_, _) => throw new InvalidDataException()));
        Assert.Equal(Many, net.Elements("m").Count);
    }

    private static void AddMany(NftBatch batch, int count)
    {
        Span<byte> key = stackalloc byte[4];
        for (var i = 0; i < count; i++)
        {
            BinaryPrimitives.WriteInt32BigEndian(key, i);
            batch.AddElement("m", new NftElement { Key = key, Data = key });
        }
    }

    /// <summary>A table that is not to be seen in what is read of "t".</summary>
    private static NftBatch Other()
    {
        var batch = new NftBatch(V4, "other");
        batch.AddTable([]);
        batch.AddChain("c", null);
        batch.AddRule("c", new NftExpressions().Accept().Written, []);
        batch.AddSet(new NftSet { Name = "s", KeyLength = 4 });
        batch.AddElement("s", new NftElement { Key = [0, 0, 0, 1] });
        return batch;
    }

    private static List<NftChainEntry> Chains(NftNamespace net)
    {
        var found = new List<NftChainEntry>();
        net.Tables.DumpChains(V4, "t", found, static (to, chain) => to.Add(chain));
        return found;
    }

    private static List<string> Rules(NftNamespace net)
    {
        var found = new List<string>();
        net.Tables.DumpRules(
            V4, "t", found, static (to, rule) => to.Add($"{rule.Chain} {Encoding.UTF8.GetString(NftUserData.ReadComment(rule.UserData))}".TrimEnd()));
        return found;
    }

    private static List<NftSetEntry> Sets(NftNamespace net)
    {
        var found = new List<NftSetEntry>();
        net.Tables.DumpSets(V4, "t", found, static (to, set) => to.Add(set));
        return [.. found.OrderBy(static set => set.Name, StringComparer.Ordinal)];
    }

    private static string? Element(NftNamespace net, string set, byte[] key)
    {
        var found = new List<string>();
        Assert.Equal(net.Tables.TryGetElement(V4, "t", set, key, found, Take), found.Count == 1);
        return found.SingleOrDefault();
    }
}
