using Shunt.Netlink.Netfilter;
using static Shunt.Netlink.Tests.Netfilter.NftNamespace;

namespace Shunt.Netlink.Tests.Netfilter;

[Trait("needs", "root")]
public sealed class NftErrorsTests
{
    private readonly NftBatch _batch = new(V4, "t");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_would_be_taken_is_not_in_force_when_it_was_only_asked_about()
    {
        await using var net = await CreateAsync(Ct);
        var before = net.Tables.ReadGeneration();
        Assert.Empty(net.Tables.Check(Base()));
        Assert.False(net.Tables.HasTable(V4, "t"));
        Assert.Equal(before, net.Tables.ReadGeneration());

        Assert.Empty(net.Tables.Apply(Base()));
        Assert.True(net.Tables.HasTable(V4, "t"));
    }

    [Fact]
    public async Task What_would_not_be_taken_is_said_when_it_is_only_asked_about()
    {
        await using var net = await CreateAsync(Ct);
        Assert.Empty(net.Tables.Apply(Base()));
        Element(1, "s", 1);
        _batch.Owner = 2;
        _batch.DeleteElement("s", new NftElement { Key = [0, 0, 0, 9] });
        Assert.Equal([new NftError(NetlinkErrno.ENOENT, 2, "element of set s")], net.Tables.Check(_batch));
        Assert.Equal([new NftError(NetlinkErrno.ENOENT, 2, "element of set s")], net.Tables.Apply(_batch));
        Assert.Empty(net.Elements("s"));
    }

    [Fact]
    public async Task A_key_that_has_another_value_is_traced_to_its_owner_among_others()
    {
        await using var net = await CreateAsync(Ct);
        Assert.Empty(net.Tables.Apply(Base()));
        net.Apply(static batch => batch.AddElement("m", new NftElement { Key = [0, 0, 0, 50], Data = [1, 1, 1, 1] }));
        for (byte i = 0; i < 100; i++) Element(i, "m", i);
        Assert.Equal([new NftError(NetlinkErrno.EEXIST, 50, "element of set m")], net.Tables.Apply(_batch));
        Assert.Equal(["00000032: 01010101"], net.Elements("m"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(50)]
    [InlineData(99)]
    public async Task A_key_to_delete_that_is_not_there_is_traced_to_its_owner_among_others(byte missing)
    {
        await using var net = await CreateAsync(Ct);
        Assert.Empty(net.Tables.Apply(Base()));
        net.Apply(batch =>
        {
            for (byte i = 0; i < 100; i++)
            {
                if (i != missing) batch.AddElement("s", new NftElement { Key = [0, 0, 0, i] });
            }
        });
        for (byte i = 0; i < 100; i++)
        {
            _batch.Owner = i;
            _batch.DeleteElement("s", new NftElement { Key = [0, 0, 0, i] });
        }

        Assert.Equal([new NftError(NetlinkErrno.ENOENT, missing, "element of set s")], net.Tables.Apply(_batch));
        Assert.Equal(99, net.Elements("s").Count);
    }

    [Fact]
    public async Task Each_message_that_fails_is_told_and_nothing_is_in_force()
    {
        await using var net = await CreateAsync(Ct);
        Assert.Empty(net.Tables.Apply(Base()));
        net.Apply(static batch => batch.AddElement("m", new NftElement { Key = [0, 0, 0, 2], Data = [1, 1, 1, 1] }));
        Element(1, "s", 1);
        Element(2, "m", 2);
        Element(3, "none", 3);
        _batch.Owner = 4;
        _batch.AddRule("none", new NftExpressions().Accept().Written, []);
        _batch.Owner = 5;
        _batch.AddRule("c", new NftExpressions().LookupMember("none", 1).Written, []);
        _batch.Owner = 6;
        _batch.DeleteChain("none");
        _batch.Owner = 7;
        _batch.DeleteSet("none");
        _batch.Owner = 8;
        _batch.AddChain("fine", null);

        Assert.Equal(
            [
                new(NetlinkErrno.EEXIST, 2, "element of set m"),
                new(NetlinkErrno.ENOENT, 3, "element of set none"),
                new(NetlinkErrno.ENOENT, 4, "rule of chain none"),
                new(NetlinkErrno.ENOENT, 5, "rule of chain c"),
                new(NetlinkErrno.ENOENT, 6, "chain none"),
                new NftError(NetlinkErrno.ENOENT, 7, "set none"),
            ],
            net.Tables.Apply(_batch));
        Assert.Empty(net.Elements("s"));
        Assert.Equal(["00000002: 01010101"], net.Elements("m"));
        var chains = new List<string>();
        net.Tables.DumpChains(V4, "t", chains, static (to, chain) => to.Add(chain.Name));
        Assert.Equal(["c"], chains);

        // What failed is forgotten: the next one is answered for itself.
        net.Apply(static batch => batch.AddElement("s", new NftElement { Key = [0, 0, 0, 1] }));
    }

    [Fact]
    public async Task A_set_that_a_rule_uses_is_not_removed_nor_a_chain_that_one_leads_to()
    {
        await using var net = await CreateAsync(Ct);
        var batch = Base();
        batch.AddChain("to", null);
        batch.AddRule("c", new NftExpressions().LoadNetworkHeader(16, 4, 1).LookupMember("s", 1).Goto("to").Written, []);
        Assert.Empty(net.Tables.Apply(batch));
        _batch.Owner = 1;
        _batch.DeleteSet("s");
        _batch.Owner = 2;
        _batch.DeleteChain("to");
        Assert.Equal([new(NetlinkErrno.EBUSY, 1, "set s"), new NftError(NetlinkErrno.EBUSY, 2, "chain to")], net.Tables.Apply(_batch));
    }

    [Fact]
    public async Task A_table_that_is_not_there_is_told_for_each_message()
    {
        await using var net = await CreateAsync(Ct);
        _batch.Owner = 3;
        _batch.AddChain("c", null);
        _batch.DeleteTable();
        Assert.Equal([new(NetlinkErrno.ENOENT, 3, "chain c"), new NftError(NetlinkErrno.ENOENT, 3, "table t")], net.Tables.Apply(_batch));
    }

    [Fact]
    public async Task Chains_that_lead_in_a_circle_are_refused()
    {
        await using var net = await CreateAsync(Ct);
        var batch = Base();
        batch.AddChain("in", new NftHook(NftChainType.Filter, NftHookNumber.NF_INET_LOCAL_IN, 0));
        batch.AddRule("in", new NftExpressions().Jump("c").Written, []);
        batch.AddRule("c", new NftExpressions().Jump("c").Written, []);
        Assert.Equal("rule of chain c", Assert.Single(net.Tables.Apply(batch)).Subject);
        Assert.False(net.Tables.HasTable(V4, "t"));
    }

    [Fact]
    public async Task Of_more_errors_than_there_is_room_for_those_that_arrive_are_told_and_none_is_left_for_the_next_transaction()
    {
        const int tooMany = 5000;
        await using var net = await CreateAsync(Ct);
        Assert.Empty(net.Tables.Apply(Base()));
        for (var i = 0; i < tooMany; i++)
        {
            _batch.Owner = i;
            _batch.DeleteSet("none");
        }

        var errors = net.Tables.Apply(_batch);
        Assert.InRange(errors.Length, 1, tooMany - 1);
        Assert.Equal(Enumerable.Range(0, errors.Length).Select(static owner => new NftError(NetlinkErrno.ENOENT, owner, "set none")), errors);
        net.Apply(static batch => batch.AddElement("s", new NftElement { Key = [0, 0, 0, 1] }));
    }

    private void Element(int owner, string set, byte key)
    {
        _batch.Owner = owner;
        _batch.AddElement(set, new NftElement { Key = [0, 0, 0, key], Data = set == "s" ? [] : [0, 0, 0, key] });
    }
}
