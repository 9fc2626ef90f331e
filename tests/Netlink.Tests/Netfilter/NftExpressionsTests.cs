using System.Text;
using Shunt.Netlink.Netfilter;

namespace Shunt.Netlink.Tests.Netfilter;

public sealed class NftExpressionsTests
{
    private readonly NftExpressions _expressions = new();

    [Fact]
    public void Bytes_of_the_network_header() =>
        Holds(_expressions.LoadNetworkHeader(16, 4, 1), "payload", "0800010000000001" + "0800020000000001" + "0800030000000010" + "0800040000000004");

    [Fact]
    public void Bytes_of_the_transport_header() =>
        Holds(_expressions.LoadTransportHeader(2, 2, 10), "payload", "080001000000000A" + "0800020000000002" + "0800030000000002" + "0800040000000002");

    [Fact]
    public void What_is_known_of_the_packet() => Holds(_expressions.LoadMeta(NftMetaKey.NFT_META_L4PROTO, 9), "meta", "0800010000000009" + "0800020000000010");

    [Fact]
    public void What_is_set_of_the_packet() => Holds(_expressions.SetMeta(NftMetaKey.NFT_META_MARK, 1), "meta", "0800030000000001" + "0800020000000003");

    [Fact]
    public void What_is_known_of_the_connection() =>
        Holds(_expressions.LoadConntrack(NftConntrackKey.NFT_CT_STATUS, 1), "ct", "0800010000000001" + "0800020000000002");

    [Theory]
    [InlineData(true, "00000001")]
    [InlineData(false, "00000002")]
    public void What_routing_makes_of_an_address(bool source, string flags) =>
        Holds(_expressions.LoadFibAddressType(source, 1), "fib", "0800010000000001" + "0800020000000003" + "08000300" + flags);

    [Theory]
    [InlineData(NftComparison.NFT_CMP_EQ, "00000000")]
    [InlineData(NftComparison.NFT_CMP_NEQ, "00000001")]
    public void A_comparison(NftComparison op, string number) =>
        Holds(_expressions.Compare(op, 1, [0x0A, 0xF4]), "cmp", "0800010000000001" + "08000200" + number + "0C000380" + "060001000AF40000");

    [Fact]
    public void A_mask() => Holds(
        _expressions.Mask(1, 9, [0, 0x40, 0, 0], [1, 2, 3, 4]),
        "bitwise",
        "0800010000000001" + "0800020000000009" + "0800030000000004" + "0C000480" + "0800010000400000" + "0C000580" + "0800010001020304");

    [Fact]
    public void A_constant() => Holds(_expressions.LoadImmediate(1, [1, 2, 3, 4]), "immediate", "0800010000000001" + "0C000280" + "0800010001020304");

    [Fact]
    public void A_random_number() =>
        Holds(_expressions.LoadRandom(3, 11), "numgen", "080001000000000B" + "0800020000000003" + "0800030000000001" + "0800040000000000");

    [Fact]
    public void A_member_of_a_set() => Holds(_expressions.LookupMember("s", 1), "lookup", "0600010073000000" + "0800020000000001");

    [Fact]
    public void A_value_of_a_map() => Holds(_expressions.LookupData("s", 1, 9), "lookup", "0600010073000000" + "0800020000000001" + "0800030000000009");

    [Fact]
    public void Verdicts_that_end_it()
    {
        Holds(_expressions.Accept(), "immediate", "0800010000000000" + "10000280" + "0C000280" + "0800010000000001");
        _expressions.Clear();
        Holds(_expressions.Drop(), "immediate", "0800010000000000" + "10000280" + "0C000280" + "0800010000000000");
    }

    [Fact]
    public void Verdicts_that_lead_to_a_chain()
    {
        Holds(_expressions.Jump("c"), "immediate", "0800010000000000" + "18000280" + "14000280" + "08000100FFFFFFFD" + "0600020063000000");
        _expressions.Clear();
        Holds(_expressions.Goto("c"), "immediate", "0800010000000000" + "18000280" + "14000280" + "08000100FFFFFFFC" + "0600020063000000");
    }

    [Theory]
    [InlineData(NetfilterFamily.NFPROTO_IPV4, "00000002")]
    [InlineData(NetfilterFamily.NFPROTO_IPV6, "0000000A")]
    public void A_translation_of_the_destination(NetfilterFamily family, string number) =>
        Holds(_expressions.DestinationNat(family, 1, 9), "nat", "0800010000000001" + "08000200" + number + "0800030000000001" + "0800050000000009");

    [Theory]
    [InlineData(true, "00000010")]
    [InlineData(false, "00000000")]
    public void A_masquerade(bool fullyRandom, string flags) => Holds(_expressions.Masquerade(fullyRandom), "masq", "08000100" + flags);

    [Theory]
    [InlineData(NetfilterFamily.NFPROTO_IPV4, "03")]
    [InlineData(NetfilterFamily.NFPROTO_IPV6, "04")]
    public void A_rejection(NetfilterFamily family, string code) =>
        Holds(_expressions.RejectPortUnreachable(family), "reject", "0800010000000000" + "05000200" + code + "000000");

    [Fact]
    public void A_pair_that_packets_write() => Holds(
        _expressions.Update("s", 1, 10, TimeSpan.FromSeconds(10800)),
        "dynset",
        "0600010073000000" + "0800030000000001" + "0800040000000001" + "080005000000000A" + "0C000600" + "0000000000A4CB80");

    [Fact]
    public void A_pair_that_packets_remove() => Holds(
        _expressions.DeleteEntry("s", 1, 10), "dynset", "0600010073000000" + "0800030000000002" + "0800040000000001" + "080005000000000A");

    [Fact]
    public void One_comes_behind_the_other_until_cleared()
    {
        var one = Convert.ToHexString(_expressions.Accept().Written);
        Assert.Equal(one + one, Convert.ToHexString(_expressions.Accept().Written));
        _expressions.Clear();
        Assert.True(_expressions.Written.IsEmpty);
    }

    [Fact]
    public void More_than_fits_is_an_error_and_not_an_overrun()
    {
        Assert.Throws<InvalidOperationException>(() =>
        {
            for (var i = 0; i < 1000; i++) _expressions.Accept();
        });
    }

    /// <summary>NFTA_LIST_ELEM { NFTA_EXPR_NAME, NFTA_EXPR_DATA { ... } }</summary>
    private static void Holds(NftExpressions expressions, string name, string data)
    {
        var text = Convert.ToHexString(Encoding.ASCII.GetBytes(name + '\0'));
        var padded = text.PadRight((text.Length + 7) / 8 * 8, '0');
        var body = Length(4 + text.Length / 2) + "0100" + padded + Length(4 + data.Length / 2) + "0280" + data;
        Assert.Equal(Length(4 + body.Length / 2) + "0180" + body, Convert.ToHexString(expressions.Written));

        static string Length(int value) => Convert.ToHexString([(byte)value, (byte)(value >> 8)]);
    }
}
