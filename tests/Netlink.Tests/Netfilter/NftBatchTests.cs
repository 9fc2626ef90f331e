using System.Buffers.Binary;
using Shunt.Netlink.Netfilter;

namespace Shunt.Netlink.Tests.Netfilter;

/// <summary>The bytes of transactions, and whose an error is.</summary>
public sealed class NftBatchTests
{
    private readonly NftBatch _batch = new(NetfilterFamily.NFPROTO_IPV4, "t");

    [Fact]
    public void A_transaction_begins_and_ends_as_nfnetlink_wants_it()
    {
        _batch.DeleteTable();

        Assert.Equal(
            "1400000010000100000000000000000000" + "00000a" // NFNL_MSG_BATCH_BEGIN, subsystem 10
            + "1c000000020a0100140000000000000002000000" + "0600010074000000" // NFT_MSG_DELTABLE "t"; its number is its place
            + "1400000011000100000000000000000000" + "00000a",
            Hex(_batch.Seal(commits: true)));
    }

    [Fact]
    public void Without_an_end_the_kernel_only_looks_at_it()
    {
        _batch.DeleteTable();

        Assert.Equal(20 + 28, _batch.Seal(commits: false).Length);
    }

    [Fact]
    public void A_base_chain_has_its_hook_priority_policy_and_type()
    {
        _batch.AddChain("c", new NftHook(NftChainType.Nat, NftHookNumber.NF_INET_POST_ROUTING, -100));

        Assert.Contains(
            "06000300" + "63000000" // NFTA_CHAIN_NAME
            + "14000480" + "0800010000000004" + "08000200ffffff9c" // NFTA_CHAIN_HOOK
            + "0800050000000001" // NF_ACCEPT
            + "080007006e617400", // "nat"
            Hex(_batch.Seal(commits: true)),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Elements_of_one_set_share_a_message()
    {
        _batch.AddElement("s", new NftElement { Key = [1, 2, 3, 4] });
        _batch.AddElement("s", new NftElement { Key = [5, 6, 7, 8], Data = [9, 9, 9, 9] });

        var messages = Messages(_batch.Seal(commits: true));
        Assert.Equal([16, 10 << 8 | 12, 17], messages.Select(static message => (int)message.Type));
        Assert.Contains(
            "2c000380" + "10000180" + "0c000180" + "0800010001020304" + "1c000180" + "0c000180" + "0800010005060708" + "0c000280" + "0800010009090909",
            messages[1].Hex.Replace("34000380", "2c000380", StringComparison.Ordinal),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Another_set_or_another_operation_is_another_message()
    {
        _batch.AddElement("s", new NftElement { Key = [1, 2, 3, 4] });
        _batch.DeleteElement("s", new NftElement { Key = [1, 2, 3, 4] });
        _batch.DeleteElement("r", new NftElement { Key = [1, 2, 3, 4] });

        Assert.Equal([16, 0xA0C, 0xA0E, 0xA0E, 17], Messages(_batch.Seal(commits: true)).Select(static message => (int)message.Type));
    }

    [Fact]
    public void No_message_is_longer_than_a_nested_attribute_can_be()
    {
        for (var i = 0; i < 10_000; i++) _batch.AddElement("s", new NftElement { Key = BitConverter.GetBytes(i) });

        var messages = Messages(_batch.Seal(commits: true));
        Assert.All(messages, static message => Assert.InRange(message.Length, 20, ushort.MaxValue));
        Assert.True(messages.Count < 8, $"{messages.Count} messages");
    }

    [Fact]
    public void An_error_is_traced_to_its_owner_inside_a_message()
    {
        _batch.Owner = 7;
        _batch.AddElement("s", new NftElement { Key = [1, 2, 3, 4] });
        _batch.Owner = 8;
        var second = _batch.Length;
        _batch.AddElement("s", new NftElement { Key = [5, 6, 7, 8] });
        _batch.Owner = 9;
        _batch.AddRule("c", [], []);
        var message = 20u;

        Assert.Equal((7, "element of set s"), _batch.Find(message, 0));
        Assert.Equal((7, "element of set s"), _batch.Find(message, second - 21));
        Assert.Equal((8, "element of set s"), _batch.Find(message, second - 20));
        Assert.Equal((8, "element of set s"), _batch.Find(message, second - 20 + 15));
        Assert.Equal(9, _batch.Find((uint)(second + 16), 0).Owner);
        Assert.Equal("rule of chain c", _batch.Find((uint)(second + 16), 24).Subject);
        Assert.Equal((-1, "transaction"), _batch.Find(0, 0));
    }

    [Fact]
    public void It_can_be_used_again()
    {
        _batch.AddElement("s", new NftElement { Key = [1, 2, 3, 4] });
        var first = Hex(_batch.Seal(commits: true));

        _batch.Clear();
        Assert.True(_batch.IsEmpty);
        _batch.AddElement("s", new NftElement { Key = [1, 2, 3, 4] });

        Assert.Equal(first, Hex(_batch.Seal(commits: true)));
    }

    [Fact]
    public void Elements_cost_no_memory_but_their_bytes()
    {
        Write();
        _batch.Clear();
        var before = GC.GetAllocatedBytesForCurrentThread();

        Write();

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1024);

        void Write()
        {
            Span<byte> key = stackalloc byte[4];
            for (var i = 0; i < 5000; i++)
            {
                BinaryPrimitives.WriteInt32BigEndian(key, i);
                _batch.AddElement("some-set", new NftElement { Key = key, Data = key, UserData = key });
            }
        }
    }

    private static string Hex(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(bytes);

    private static List<(ushort Type, int Length, string Hex)> Messages(ReadOnlySpan<byte> datagram)
    {
        var messages = new List<(ushort, int, string)>();
        var reader = new NetlinkReader(datagram);
        while (reader.TryRead(out var message)) messages.Add((message.Type, message.Payload.Length + 16, Hex(message.Payload)));
        return messages;
    }
}
