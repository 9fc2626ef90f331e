using Shunt.Netlink.Netfilter;
using static Shunt.Netlink.Tests.Netfilter.NftNamespace;

namespace Shunt.Netlink.Tests.Netfilter;

/// <summary>What was written, as <c>nft</c> reads it.</summary>
[Trait("needs", "root")]
public sealed class NftListingTests
{
    private const uint Endpoint = 7 << 12 | 12 << 6 | 13;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Sets_and_maps_with_comments_on_their_elements()
    {
        await using var net = await CreateAsync(Ct, "nft");
        net.Apply(static batch =>
        {
            batch.AddTable(NftUserData.Comment("the table"));
            AddSets(batch);
            batch.AddElement("services", new NftElement { Key = Key("0A600001", "06000000", "00500000"), UserData = NftUserData.Comment("default/web") });
            batch.AddElement("endpoints", new NftElement
            {
                Key = Key("0A600001", "06000000", "00500000", "01000000"),
                Data = Key("0A010101", "1F900000"),
                UserData = NftUserData.Comment("default/web:http"),
            });
        });
        Assert.Equal(
            """
            table ip t {
              comment "the table"
              set services {
                type ipv4_addr . inet_proto . inet_service
                elements = { 10.96.0.1 . tcp . 80 comment "default/web" }
              }

              map endpoints {
                type ipv4_addr . inet_proto . inet_service . mark : ipv4_addr . inet_service
                elements = { 10.96.0.1 . tcp . 80 . 0x00000001 comment "default/web:http" : 10.1.1.1 . 8080 }
              }

              map affinity {
                type ipv4_addr : mark
                size 100
                flags dynamic,timeout
              }
            }
            """,
            await ListAsync(net, "ip"));
    }

    [Fact]
    public async Task Base_chains_and_rules_of_every_expression()
    {
        await using var net = await CreateAsync(Ct, "nft");
        net.Apply(static batch =>
        {
            batch.AddTable([]);
            AddSets(batch);
            batch.AddChain("pre", new NftHook(NftChainType.Nat, NftHookNumber.NF_INET_PRE_ROUTING, -100));
            batch.AddChain("out", new NftHook(NftChainType.Filter, NftHookNumber.NF_INET_LOCAL_OUT, -110));
            batch.AddChain("post", new NftHook(NftChainType.Nat, NftHookNumber.NF_INET_POST_ROUTING, 100));
            batch.AddChain("go", null);
            AddLoads(batch);
            AddEnds(batch);
        });
        Assert.Equal(
            """
            table ip t {
              set services {
                type ipv4_addr . inet_proto . inet_service
              }

              map endpoints {
                type ipv4_addr . inet_proto . inet_service . mark : ipv4_addr . inet_service
              }

              map affinity {
                type ipv4_addr : mark
                size 100
                flags dynamic,timeout
              }

              chain pre {
                type nat hook prerouting priority dstnat; policy accept;
                ip daddr . meta l4proto . th dport @services jump go
                dnat ip to ip daddr . meta l4proto . th dport . numgen random mod 3 map @endpoints
                fib daddr type local goto go
                fib saddr type != local accept
                ip saddr 10.244.0.0/16 accept
                iifname "lo" accept
              }

              chain out {
                type filter hook output priority -110; policy accept;
                meta mark set meta mark | 0x00004000
                meta mark & 0x00004000 != 0x00000000 meta mark set meta mark ^ 0x00004000
                ct status dnat accept
                ct state invalid drop
                meta priority set none
                update @affinity { ip saddr timeout 3h : meta mark }
                delete @affinity { ip saddr : meta mark }
                reject
              }

              chain post {
                type nat hook postrouting priority srcnat; policy accept;
                masquerade fully-random
                masquerade
              }

              chain go {
                accept comment "with a comment"
                drop
              }
            }
            """,
            await ListAsync(net, "ip"));
    }

    [Fact]
    public async Task The_same_in_IPv6()
    {
        await using var net = await CreateAsync(Ct, "nft");
        net.Apply(
            static batch =>
            {
                batch.AddTable([]);
                batch.AddChain("pre", new NftHook(NftChainType.Nat, NftHookNumber.NF_INET_PRE_ROUTING, -100));
                batch.AddChain("go", null);
                batch.AddSet(new NftSet { Name = "ips", KeyType = 8, KeyLength = 16 });
                batch.AddElement("ips", new NftElement { Key = Key("FD000096000000000000000000000001") });
                Rule(batch, "pre", new NftExpressions().LoadNetworkHeader(24, 16, 1).LookupMember("ips", 1).Goto("go"));
                Rule(batch, "pre", new NftExpressions()
                    .LoadImmediate(1, Key("FD000000000000000000000000000005")).LoadImmediate(2, Key("1F90")).DestinationNat(V6, 1, 2));
                Rule(batch, "go", new NftExpressions().RejectPortUnreachable(V6));
            },
            V6);
        Assert.Equal(
            """
            table ip6 t {
              set ips {
                type ipv6_addr
                elements = { fd00:96::1 }
              }

              chain pre {
                type nat hook prerouting priority dstnat; policy accept;
                ip6 daddr @ips goto go
                dnat to [fd00::5]:8080
              }

              chain go {
                reject
              }
            }
            """,
            await ListAsync(net, "ip6"));
    }

    private static void AddSets(NftBatch batch)
    {
        batch.AddSet(new NftSet { Name = "services", KeyType = Endpoint, KeyLength = 12, UserData = ByteOrders(2) });
        batch.AddSet(new NftSet
        {
            Name = "endpoints",
            Flags = NftSetFlags.NFT_SET_MAP,
            KeyType = Endpoint << 6 | 19,
            KeyLength = 16,
            DataType = 7 << 6 | 13,
            DataLength = 8,
        });
        batch.AddSet(new NftSet
        {
            Name = "affinity",
            Flags = NftSetFlags.NFT_SET_MAP | NftSetFlags.NFT_SET_TIMEOUT | NftSetFlags.NFT_SET_EVAL,
            KeyType = 7,
            KeyLength = 4,
            DataType = 19,
            DataLength = 4,
            Size = 100,
            UserData = ByteOrders(2, 1),
        });
    }

    private static void AddLoads(NftBatch batch)
    {
        byte[] mark = [0, 0x40, 0, 0], all = [0xFF, 0xFF, 0xFF, 0xFF], none = [0, 0, 0, 0];
        Rule(batch, "pre", Service().LookupMember("services", 1).Jump("go"));
        Rule(batch, "pre", Service().LoadRandom(3, 11).LookupData("endpoints", 1, 1).DestinationNat(V4, 1, 9));
        Rule(batch, "pre", new NftExpressions().LoadFibAddressType(source: false, 1).Compare(NftComparison.NFT_CMP_EQ, 1, [2, 0, 0, 0]).Goto("go"));
        Rule(batch, "pre", new NftExpressions().LoadFibAddressType(source: true, 1).Compare(NftComparison.NFT_CMP_NEQ, 1, [2, 0, 0, 0]).Accept());
        Rule(batch, "pre", new NftExpressions().LoadNetworkHeader(12, 2, 1).Compare(NftComparison.NFT_CMP_EQ, 1, [0x0A, 0xF4]).Accept());
        Rule(batch, "out", new NftExpressions()
            .LoadMeta(NftMetaKey.NFT_META_MARK, 1).Mask(1, 1, [0xFF, 0xBF, 0xFF, 0xFF], mark).SetMeta(NftMetaKey.NFT_META_MARK, 1));
        Rule(batch, "out", new NftExpressions()
            .LoadMeta(NftMetaKey.NFT_META_MARK, 1).Mask(1, 1, mark, none).Compare(NftComparison.NFT_CMP_NEQ, 1, none)
            .LoadMeta(NftMetaKey.NFT_META_MARK, 1).Mask(1, 1, all, mark).SetMeta(NftMetaKey.NFT_META_MARK, 1));
        Rule(batch, "out", new NftExpressions()
            .LoadConntrack(NftConntrackKey.NFT_CT_STATUS, 1).Mask(1, 1, [0x20, 0, 0, 0], none).Compare(NftComparison.NFT_CMP_NEQ, 1, none).Accept());
        Rule(batch, "out", new NftExpressions()
            .LoadConntrack(NftConntrackKey.NFT_CT_STATE, 1).Mask(1, 1, [1, 0, 0, 0], none).Compare(NftComparison.NFT_CMP_NEQ, 1, none).Drop());
        Rule(batch, "out", new NftExpressions().LoadImmediate(1, none).SetMeta(NftMetaKey.NFT_META_PRIORITY, 1));
        Rule(batch, "pre", new NftExpressions().LoadMeta(NftMetaKey.NFT_META_IIFNAME, 1)
            .Compare(NftComparison.NFT_CMP_EQ, 1, "lo\0\0\0\0\0\0\0\0\0\0\0\0\0\0"u8).Accept());
    }

    private static void AddEnds(NftBatch batch)
    {
        Rule(batch, "out", new NftExpressions()
            .LoadNetworkHeader(12, 4, 1).LoadMeta(NftMetaKey.NFT_META_MARK, 9).Update("affinity", 1, 9, TimeSpan.FromHours(3)));
        Rule(batch, "out", new NftExpressions().LoadNetworkHeader(12, 4, 1).LoadMeta(NftMetaKey.NFT_META_MARK, 9).DeleteEntry("affinity", 1, 9));
        Rule(batch, "out", new NftExpressions().RejectPortUnreachable(V4));
        Rule(batch, "post", new NftExpressions().Masquerade(fullyRandom: true));
        Rule(batch, "post", new NftExpressions().Masquerade(fullyRandom: false));
        batch.AddRule("go", new NftExpressions().Accept().Written, NftUserData.Comment("with a comment"));
        batch.AddRule("go", new NftExpressions().Drop().Written, []);
    }

    private static NftExpressions Service() => new NftExpressions()
        .LoadNetworkHeader(16, 4, 1).LoadMeta(NftMetaKey.NFT_META_L4PROTO, 9).LoadTransportHeader(2, 2, 10);

    private static void Rule(NftBatch batch, string chain, NftExpressions expressions) => batch.AddRule(chain, expressions.Written, []);

    /// <summary>The byte orders of keys and values (NFTNL_UDATA_SET_KEYBYTEORDER, _DATABYTEORDER): 1 of the machine, 2 of the network.</summary>
    private static byte[] ByteOrders(byte key, byte? data = null) => data is { } it ? [0, 4, key, 0, 0, 0, 1, 4, it, 0, 0, 0] : [0, 4, key, 0, 0, 0];

    private static byte[] Key(params string[] fields) => Convert.FromHexString(string.Concat(fields));

    /// <summary>The listing, indented by spaces.</summary>
    private static async Task<string> ListAsync(NftNamespace net, string family) =>
        (await net.NftAsync($"list table {family} t", Ct)).ReplaceLineEndings("\n").Replace("\t", "  ", StringComparison.Ordinal).TrimEnd();
}
