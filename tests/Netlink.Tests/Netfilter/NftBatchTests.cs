using System.Buffers.Binary;
using Shunt.Netlink.Netfilter;

namespace Shunt.Netlink.Tests.Netfilter;

public sealed class NftBatchTests
{
    private const string Header = "00000000" + "02000000" + Table; // port; nfgenmsg of IPv4; NFTA_TABLE_NAME "t"
    private const string Table = "06000100" + "74000000";
    private const string Rule = "06000200" + "63000000"; // NFTA_RULE_CHAIN "c"
    private const string Chain = "06000300" + "63000000"; // NFTA_CHAIN_NAME "c"
    private const string Set = "06000200" + "73000000"; // NFTA_SET_NAME, and NFTA_SET_ELEM_LIST_SET, "s"

    private static readonly byte[] Note = [0, 1, 0];

    private readonly NftBatch _batch = new(NetfilterFamily.NFPROTO_IPV4, "t");

    [Fact]
    public void A_table_is_made_and_removed()
    {
        _batch.AddTable(Note);
        _batch.DeleteTable();
        Assert.Equal(
            "24000000" + "000A" + "0104" + "14000000" + Header + "07000600" + "00010000" // CREATE; NFTA_TABLE_USERDATA
            + "1C000000" + "020A" + "0100" + "38000000" + Header,
            Messages());
    }

    [Fact]
    public void A_base_chain_has_hook_policy_and_type_and_another_has_none()
    {
        _batch.AddChain("c", new NftHook(NftChainType.Nat, NftHookNumber.NF_INET_POST_ROUTING, -100));
        _batch.AddChain("c", null);
        Assert.Equal(
            "48000000" + "030A" + "0104" + "14000000" + Header + Chain
            + "14000480" + "08000100" + "00000004" + "08000200" + "FFFFFF9C" // NFTA_CHAIN_HOOK { NUM, PRIORITY }
            + "08000500" + "00000001" + "08000700" + "6E617400" // POLICY accept, TYPE "nat"
            + "24000000" + "030A" + "0104" + "5C000000" + Header + Chain,
            Messages());
    }

    [Fact]
    public void A_rule_is_appended_and_a_chain_is_emptied_and_removed()
    {
        _batch.AddRule("c", [0xAA, 0xBB, 0xCC, 0xDD], Note);
        _batch.AddRule("c", [], []);
        _batch.FlushChain("c");
        _batch.DeleteChain("c");
        Assert.Equal(
            "34000000" + "060A" + "010C" + "14000000" + Header + Rule + "08000480" + "AABBCCDD" + "07000700" + "00010000" // CREATE, APPEND
            + "28000000" + "060A" + "010C" + "48000000" + Header + Rule + "04000480"
            + "24000000" + "080A" + "0100" + "70000000" + Header + Rule
            + "24000000" + "050A" + "0100" + "94000000" + Header + Chain,
            Messages());
    }

    [Fact]
    public void A_set_has_no_values_and_a_map_has_and_each_has_a_number_of_its_own()
    {
        _batch.AddSet(new NftSet { Name = "s", KeyType = 7, KeyLength = 4 });
        _batch.AddSet(new NftSet
        {
            Name = "s",
            Flags = NftSetFlags.NFT_SET_MAP,
            KeyType = 7 << 12 | 12 << 6 | 13,
            KeyLength = 12,
            DataType = 7 << 6 | 13,
            DataLength = 8,
            Size = 10,
            UserData = new byte[] { 0, 4, 2, 0, 0, 0 },
        });
        _batch.DeleteSet("s");
        Assert.Equal(
            "44000000" + "090A" + "0104" + "14000000" + Header + Set + "08000A00" + "00000001" + "08000300" + "00000000"
            + "08000400" + "00000007" + "08000500" + "00000004"
            + "6C000000" + "090A" + "0104" + "58000000" + Header + Set + "08000A00" + "00000002" + "08000300" + "00000008"
            + "08000400" + "0000730D" + "08000500" + "0000000C" + "08000600" + "000001CD" + "08000700" + "00000008"
            + "0C000980" + "08000100" + "0000000A" + "0A000D00" + "0004020000000000" // NFTA_SET_DESC { SIZE }, NFTA_SET_USERDATA
            + "24000000" + "0B0A" + "0100" + "C4000000" + Header + Set,
            Messages());
    }

    [Fact]
    public void Elements_of_one_set_share_a_message()
    {
        _batch.AddElement("s", new NftElement { Key = [1, 2, 3, 4], Data = [5, 6, 7, 8], UserData = Note });
        _batch.AddElement("s", new NftElement { Key = [9, 9, 9, 9] });
        Assert.Equal(
            "5C000000" + "0C0A" + "0104" + "14000000" + Header + Set + "38000380"
            + "24000180" + "0C000180" + "08000100" + "01020304" + "0C000280" + "08000100" + "05060708" + "07000600" + "00010000"
            + "10000180" + "0C000180" + "08000100" + "09090909",
            Messages());
    }

    [Fact]
    public void An_element_is_deleted_by_its_key()
    {
        _batch.DeleteElement("s", new NftElement { Key = [1, 2, 3, 4], Data = [5, 6, 7, 8], UserData = Note });
        Assert.Equal(
            "38000000" + "0E0A" + "0100" + "14000000" + Header + Set + "14000380" + "10000180" + "0C000180" + "08000100" + "01020304",
            Messages());
    }

    [Fact]
    public void Another_set_or_operation_or_kind_of_object_starts_a_message()
    {
        _batch.AddElement("a", Key(1));
        _batch.AddElement("b", Key(1));
        _batch.DeleteElement("b", Key(1));
        _batch.FlushChain("c");
        _batch.DeleteElement("b", Key(2));
        _ = _batch.Seal(commits: true);
        _batch.DeleteElement("b", Key(3)); // one that was sent is not gone on with
        Assert.Equal(["12: 1", "12: 1", "14: 1", "8: 0", "14: 1", "14: 1"], Walk().Select(static message => $"{message.Number}: {message.Elements}"));
    }

    [Fact]
    public void Elements_are_cut_into_messages_below_the_64_kilobytes_that_an_attribute_can_have()
    {
        for (var i = 0; i < 5000; i++) _batch.AddElement("s", new NftElement { Key = BitConverter.GetBytes(i), UserData = new byte[255] });
        var messages = Walk();
        Assert.Equal(5000, messages.Sum(static message => message.Elements));
        Assert.Equal(_batch.Length + 20, messages[^1].End + 20);
        Assert.InRange(messages.Count, 5000 * 276 / 65535, 5000 * 276 / 55_000);
    }

    [Fact]
    public void A_transaction_that_is_only_asked_about_has_no_end()
    {
        _batch.AddTable([]);
        var asked = Convert.ToHexString(_batch.Seal(commits: false));
        Assert.Equal(asked + "140000001100010000000000000000000000000A", Convert.ToHexString(_batch.Seal(commits: true)));
        Assert.Equal(asked.Length / 2, _batch.Length);
    }

    [Fact]
    public void Cleared_it_is_as_new()
    {
        _batch.Owner = 7;
        _batch.AddSet(new NftSet { Name = "s", KeyLength = 4 });
        var before = Convert.ToHexString(_batch.Seal(commits: true));
        _batch.AddElement("s", Key(1));
        _batch.Clear();
        Assert.True(_batch.IsEmpty);
        Assert.Equal((-1, 20), (_batch.Owner, _batch.Length));

        _batch.AddSet(new NftSet { Name = "s", KeyLength = 4 });
        Assert.False(_batch.IsEmpty);
        Assert.Equal(before, Convert.ToHexString(_batch.Seal(commits: true)));
    }

    [Fact]
    public void An_error_is_traced_to_the_owner_of_the_element_it_is_in()
    {
        _batch.Owner = 1;
        var table = (uint)_batch.Length;
        _batch.AddTable([]);
        var elements = (uint)_batch.Length;
        _batch.AddElement("s", Key(1));
        _batch.Owner = 2;
        var second = (int)(_batch.Length - elements);
        _batch.AddElement("s", Key(2));
        _batch.AddElement("s", Key(3));
        _batch.Owner = 3;
        var third = (int)(_batch.Length - elements);
        _batch.AddElement("s", Key(4));
        var rule = (uint)_batch.Length;
        _batch.AddRule("c", [], []);

        Assert.Equal((1, "table t"), _batch.Find(table, 0));
        Assert.Equal((-1, "element of set s"), _batch.Find(elements, 0)); // the kernel does not say which
        Assert.Equal((-1, "element of set s"), _batch.Find(elements, 28)); // the set's name: it is not there
        Assert.Equal((1, "element of set s"), _batch.Find(elements, 40));
        Assert.Equal((1, "element of set s"), _batch.Find(elements, second - 1));
        Assert.Equal((2, "element of set s"), _batch.Find(elements, second));
        Assert.Equal((2, "element of set s"), _batch.Find(elements, third - 16)); // its second one
        Assert.Equal((3, "element of set s"), _batch.Find(elements, third));
        Assert.Equal((3, "rule of chain c"), _batch.Find(rule, 0));
        Assert.Equal((3, "rule of chain c"), _batch.Find(rule, 20));
    }

    [Fact]
    public void An_error_about_the_transaction_itself_is_nobodys()
    {
        Assert.Equal((-1, "transaction"), _batch.Find(0, 0));
        _batch.Owner = 1;
        _batch.DeleteSet("s");
        _batch.DeleteChain("c");
        Assert.Equal((-1, "transaction"), _batch.Find(0, 0));
        Assert.Equal((1, "set s"), _batch.Find(20, 0));
        Assert.Equal((1, "chain c"), _batch.Find(20 + 36, 0));
    }

    [Fact]
    public void An_element_costs_no_allocation()
    {
        Fill(_batch);
        _batch.Clear();
        var before = GC.GetAllocatedBytesForCurrentThread();
        Fill(_batch);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1000);

        static void Fill(NftBatch batch)
        {
            Span<byte> key = stackalloc byte[12];
            for (var i = 0; i < 10_000; i++)
            {
                batch.Owner = i / 100;
                BinaryPrimitives.WriteInt32BigEndian(key, i);
                batch.AddElement("s", new NftElement { Key = key, Data = key[..8] });
            }
        }
    }

    private static NftElement Key(byte last) => new() { Key = new byte[] { 0, 0, 0, last } };

    /// <summary>What is between the messages that open and commit it.</summary>
    private string Messages()
    {
        var sealedBytes = Convert.ToHexString(_batch.Seal(commits: true));
        const string begin = "14000000" + "1000" + "0100" + "00000000" + "00000000" + "0000000A";
        const string end = "14000000" + "1100" + "0100" + "00000000" + "00000000" + "0000000A";
        Assert.StartsWith(begin, sealedBytes, StringComparison.Ordinal);
        Assert.EndsWith(end, sealedBytes, StringComparison.Ordinal);
        return sealedBytes[begin.Length..^end.Length];
    }

    /// <summary>Each message's number, how many elements it has, and where it ends.</summary>
    private List<(int Number, int Elements, int End)> Walk()
    {
        var messages = new List<(int Number, int Elements, int End)>();
        var reader = new NetlinkReader(_batch.Seal(commits: true));
        var position = 0;
        while (reader.TryRead(out var message))
        {
            if (message.Type > 0x11)
            {
                Assert.Equal((uint)position, message.Sequence); // by which an error is traced
                var elements = 0;
                var attributes = message.Attributes(4);
                while (attributes.TryRead(out var attribute))
                {
                    if (attribute.Type != 3) continue; // NFTA_SET_ELEM_LIST_ELEMENTS
                    var list = attribute.Nested;
                    while (list.TryRead(out _)) elements++;
                }

                messages.Add((message.Type & 0xFF, elements, position + 16 + message.Payload.Length));
            }

            position += 16 + message.Payload.Length;
        }

        return messages;
    }
}
