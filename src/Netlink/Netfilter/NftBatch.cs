using System.Runtime.InteropServices;
using System.Text;
using Shunt.Netlink.Interop;

namespace Shunt.Netlink.Netfilter;

/// <summary>
/// One transaction on the tables of one family, in the making: messages behind one another, which the kernel takes all of or none. It can be used again.
/// Source: linux/netfilter/nf_tables.h.
/// </summary>
public sealed class NftBatch
{
    // A nested attribute has a length of 16 bits.
    private const int MaxElementsLength = 60_000;

    // Large enough for any message but a rule, which is given its own length, and for one more element.
    private const int Room = 1024;
    private const int KeepCapacity = 1 << 20;

    private readonly NetfilterFamily _family;
    private byte[] _table = [];
    private string _tableName = "";
    private readonly List<(int Start, int Owner, NftObject Object, string Name)> _marks = [];
    private byte[] _buffer = [];
    private int _elementsMessage = -1;
    private int _elementsList;
    private uint _setId;

    /// <summary>An empty transaction.</summary>
    public NftBatch(NetfilterFamily family, string table)
    {
        _family = family;
        Table = table;
        Clear();
    }

    /// <summary>The table that what is added from now on is about.</summary>
    public string Table
    {
        get => _tableName;
        set
        {
            CloseElements();
            if (value == _tableName) return;
            _table = Encoding.UTF8.GetBytes(value);
            _tableName = value;
        }
    }

    /// <summary>How long it is, in bytes, with what opens it.</summary>
    public int Length { get; private set; }

    /// <summary>There is nothing in it.</summary>
    public bool IsEmpty => _marks.Count == 0;

    /// <summary>Whose is what is added from now on: a number that an error about it carries.</summary>
    public int Owner { get; set; } = -1;

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        if (_buffer.Length > KeepCapacity) _buffer = [];
        _marks.Clear();
        _elementsMessage = -1;
        _setId = 0;
        Length = 0;
        Owner = -1;
        Ensure(Room);
        var writer = Tail();
        WriteFrame(ref writer, NftMessage.NFNL_MSG_BATCH_BEGIN);
        Length += writer.Written.Length;
    }

    /// <summary>Makes the table, unless it is there.</summary>
    /// <param name="userData">What to note about it; may be empty.</param>
    public void AddTable(ReadOnlySpan<byte> userData)
    {
        var writer = Begin(NftMessage.NFT_MSG_NEWTABLE, NetlinkFlags.NLM_F_CREATE, NftObject.Table, Table, userData.Length, out var message);
        if (!userData.IsEmpty) writer.AddBytes(NftMessage.NFTA_TABLE_USERDATA, userData);
        End(writer, message);
    }

    /// <summary>Removes the table with all that is in it.</summary>
    public void DeleteTable() => End(Begin(NftMessage.NFT_MSG_DELTABLE, default, NftObject.Table, Table, 0, out var message), message);

    /// <summary>Makes a chain, unless it is there.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="hook">Where packets enter it, which it then accepts by default; null for a chain that is jumped to.</param>
    public void AddChain(string name, NftHook? hook)
    {
        var writer = Begin(NftMessage.NFT_MSG_NEWCHAIN, NetlinkFlags.NLM_F_CREATE, NftObject.Chain, name, 0, out var message);
        writer.AddString(NftMessage.NFTA_CHAIN_NAME, name);
        if (hook is { } it)
        {
            var nested = writer.BeginNested(NftMessage.NFTA_CHAIN_HOOK);
            writer.AddUInt32BigEndian(NftMessage.NFTA_HOOK_HOOKNUM, (uint)it.Hook);
            writer.AddUInt32BigEndian(NftMessage.NFTA_HOOK_PRIORITY, (uint)it.Priority);
            writer.EndNested(nested);
            writer.AddUInt32BigEndian(NftMessage.NFTA_CHAIN_POLICY, NftMessage.NF_ACCEPT);
            writer.AddString(NftMessage.NFTA_CHAIN_TYPE, NftMessage.Name(it.Type));
        }

        End(writer, message);
    }

    /// <summary>Removes all rules of a chain.</summary>
    public void FlushChain(string name)
    {
        var writer = Begin(NftMessage.NFT_MSG_DELRULE, default, NftObject.Chain, name, 0, out var message);
        writer.AddString(NftMessage.NFTA_RULE_CHAIN, name);
        End(writer, message);
    }

    /// <summary>Removes a chain, which must be empty and led to by no rule.</summary>
    public void DeleteChain(string name)
    {
        var writer = Begin(NftMessage.NFT_MSG_DELCHAIN, default, NftObject.Chain, name, 0, out var message);
        writer.AddString(NftMessage.NFTA_CHAIN_NAME, name);
        End(writer, message);
    }

    /// <summary>Adds a rule at the end of a chain.</summary>
    /// <param name="chain">The chain.</param>
    /// <param name="expressions">As <see cref="NftExpressions"/> builds them.</param>
    /// <param name="userData">What to note about it; may be empty.</param>
    public void AddRule(string chain, ReadOnlySpan<byte> expressions, ReadOnlySpan<byte> userData) =>
        AddRule(chain, NftPlace.Last, new NftNewRule { Expressions = expressions, UserData = userData });

    /// <summary>Puts a rule into a chain.</summary>
    /// <returns>The number of its message, for <see cref="Echo"/>.</returns>
    public uint AddRule(string chain, NftPlace place, NftNewRule rule)
    {
        var number = (uint)Length;
        var writer = Begin(NftMessage.NFT_MSG_NEWRULE, place.Flags, NftObject.Rule, chain, rule.Expressions.Length + rule.UserData.Length, out var message);
        writer.AddString(NftMessage.NFTA_RULE_CHAIN, chain);
        if (place.Handle != 0) writer.AddUInt64BigEndian(place.HandleAttribute, place.Handle);
        writer.AddBytes(NftMessage.NFTA_RULE_EXPRESSIONS | NftMessage.NLA_F_NESTED, rule.Expressions);
        if (rule.CompatibleProtocol != 0)
        {
            var nested = writer.BeginNested(NftMessage.NFTA_RULE_COMPAT);
            writer.AddUInt32BigEndian(NftMessage.NFTA_RULE_COMPAT_PROTO, rule.CompatibleProtocol);
            writer.AddUInt32BigEndian(NftMessage.NFTA_RULE_COMPAT_FLAGS, 0);
            writer.EndNested(nested);
        }

        if (!rule.UserData.IsEmpty) writer.AddBytes(NftMessage.NFTA_RULE_USERDATA, rule.UserData);
        End(writer, message);
        return number;
    }

    /// <summary>The kernel is to say which handle a rule that was added has got.</summary>
    /// <param name="rule">What <see cref="AddRule(string, NftPlace, NftNewRule)"/> gave.</param>
    public void Echo(uint rule)
    {
        var flags = _buffer.AsSpan((int)rule + MessageHeader.FlagsOffset);
        MemoryMarshal.Write(flags, (ushort)(MemoryMarshal.Read<ushort>(flags) | (ushort)NetlinkFlags.NLM_F_ECHO));
    }

    /// <summary>Takes one rule out of a chain. That it is not there is an error (ENOENT).</summary>
    public void DeleteRule(string chain, ulong handle)
    {
        var writer = Begin(NftMessage.NFT_MSG_DELRULE, default, NftObject.Rule, chain, 0, out var message);
        writer.AddString(NftMessage.NFTA_RULE_CHAIN, chain);
        writer.AddUInt64BigEndian(NftMessage.NFTA_RULE_HANDLE, handle);
        End(writer, message);
    }

    /// <summary>Makes a set, unless it is there.</summary>
    public void AddSet(NftSet set)
    {
        ArgumentNullException.ThrowIfNull(set);
        var writer = Begin(NftMessage.NFT_MSG_NEWSET, NetlinkFlags.NLM_F_CREATE, NftObject.Set, set.Name, set.UserData.Length, out var message);
        writer.AddString(NftMessage.NFTA_SET_NAME, set.Name);
        writer.AddUInt32BigEndian(NftMessage.NFTA_SET_ID, ++_setId);
        writer.AddUInt32BigEndian(NftMessage.NFTA_SET_FLAGS, (uint)set.Flags);
        writer.AddUInt32BigEndian(NftMessage.NFTA_SET_KEY_TYPE, set.KeyType);
        writer.AddUInt32BigEndian(NftMessage.NFTA_SET_KEY_LEN, set.KeyLength);
        if (set.DataLength > 0)
        {
            writer.AddUInt32BigEndian(NftMessage.NFTA_SET_DATA_TYPE, set.DataType);
            writer.AddUInt32BigEndian(NftMessage.NFTA_SET_DATA_LEN, set.DataLength);
        }

        if (set.Size > 0)
        {
            var description = writer.BeginNested(NftMessage.NFTA_SET_DESC);
            writer.AddUInt32BigEndian(NftMessage.NFTA_SET_DESC_SIZE, set.Size);
            writer.EndNested(description);
        }

        if (!set.UserData.IsEmpty) writer.AddBytes(NftMessage.NFTA_SET_USERDATA, set.UserData.Span);
        End(writer, message);
    }

    /// <summary>Removes a set, which no rule may use.</summary>
    public void DeleteSet(string name)
    {
        var writer = Begin(NftMessage.NFT_MSG_DELSET, default, NftObject.Set, name, 0, out var message);
        writer.AddString(NftMessage.NFTA_SET_NAME, name);
        End(writer, message);
    }

    /// <summary>Puts an element into a set. That it is there already is no error, unless it has another value (EEXIST).</summary>
    public void AddElement(string set, NftElement element) => Write(NftMessage.NFT_MSG_NEWSETELEM, NetlinkFlags.NLM_F_CREATE, set, element);

    /// <summary>Takes an element, by its key, out of a set. That it is not there is an error (ENOENT).</summary>
    public void DeleteElement(string set, NftElement element) => Write(NftMessage.NFT_MSG_DELSETELEM, default, set, new NftElement { Key = element.Key });

    /// <summary>The bytes to send.</summary>
    /// <param name="commits">What the kernel accepts is put in force; otherwise it is only looked at.</param>
    internal ReadOnlySpan<byte> Seal(bool commits)
    {
        CloseElements();
        Ensure(Room);
        var writer = Tail();
        if (commits) WriteFrame(ref writer, NftMessage.NFNL_MSG_BATCH_END);
        return _buffer.AsSpan(0, Length + writer.Written.Length);
    }

    /// <summary>What an error is about.</summary>
    /// <param name="message">Where the message began: its sequence number.</param>
    /// <param name="offset">Where in it the kernel found the error; zero when it did not say.</param>
    internal (int Owner, string Subject) Find(uint message, int offset)
    {
        var position = (int)message + offset;
        var low = 0;
        var high = _marks.Count - 1;
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            if (_marks[middle].Start <= position) low = middle;
            else high = middle - 1;
        }

        if (_marks.Count == 0 || _marks[low].Start > position) return (-1, "transaction");
        var (_, owner, kind, name) = _marks[low];
        if (kind == NftObject.Element && offset < ElementsOffset(name) && HasSeveralOwners(message, low)) owner = -1;
        return (owner, kind switch
        {
            NftObject.Table => $"table {name}",
            NftObject.Chain => $"chain {name}",
            NftObject.Rule => $"rule of chain {name}",
            NftObject.Set => $"set {name}",
            _ => $"element of set {name}",
        });
    }

    /// <summary>Where the first element is in a message; what the kernel finds before it, or without saying where, is about all of them.</summary>
    private int ElementsOffset(string set) => MessageHeader.Size + NftMessage.HeaderLength
        + NetlinkAlignment.Up(AttributeHeader.Size + _table.Length + 1)
        + NetlinkAlignment.Up(AttributeHeader.Size + Encoding.UTF8.GetByteCount(set) + 1)
        + AttributeHeader.Size;

    private bool HasSeveralOwners(uint message, int mark)
    {
        var end = message + MemoryMarshal.Read<uint>(_buffer.AsSpan((int)message));
        return mark + 1 < _marks.Count && _marks[mark + 1].Start < end;
    }

    private static void WriteFrame(ref NetlinkWriter writer, ushort type)
    {
        var message = writer.BeginMessage(type, NetlinkFlags.NLM_F_REQUEST, 0);
        writer.AddNetfilterHeader(0, NftMessage.NFNL_SUBSYS_NFTABLES);
        writer.EndMessage(message);
    }

    private NetlinkWriter Tail() => new(_buffer.AsSpan(Length));

    private NetlinkWriter Begin(ushort type, NetlinkFlags flags, NftObject kind, string name, int extra, out int message)
    {
        CloseElements();
        Ensure(Room + name.Length * 2 + extra);
        _marks.Add((Length, Owner, kind, name));
        var writer = Tail();
        message = WriteHeader(ref writer, type, flags);
        return writer;
    }

    /// <summary>A message's number is its place, which is how an error is traced to what it is about.</summary>
    private int WriteHeader(ref NetlinkWriter writer, ushort type, NetlinkFlags flags)
    {
        var message = writer.BeginMessage(NftMessage.Type(type), NetlinkFlags.NLM_F_REQUEST | flags, (uint)Length);
        writer.AddNetfilterHeader((byte)_family, 0);
        writer.AddText(NftMessage.NFTA_TABLE_NAME, _table); // in every message the first attribute
        return message;
    }

    private void End(in NetlinkWriter writer, int message)
    {
        writer.EndMessage(message);
        Length += writer.Written.Length;
    }

    private void Write(ushort type, NetlinkFlags flags, string set, NftElement element)
    {
        var last = _marks.Count - 1;
        if (_elementsMessage < 0 || MessageType() != NftMessage.Type(type) || Length - _elementsList > MaxElementsLength || !ReferenceEquals(_marks[last].Name, set) && _marks[last].Name != set)
        {
            BeginElements(type, flags, set);
        }
        else if (_marks[last].Owner != Owner)
        {
            _marks.Add((Length, Owner, NftObject.Element, set));
        }

        Ensure(Room);
        var writer = Tail();
        var item = writer.BeginNested(NftMessage.NFTA_LIST_ELEM);
        AddValue(ref writer, NftMessage.NFTA_SET_ELEM_KEY, element.Key);
        if (!element.Data.IsEmpty) AddValue(ref writer, NftMessage.NFTA_SET_ELEM_DATA, element.Data);
        if (!element.UserData.IsEmpty) writer.AddBytes(NftMessage.NFTA_SET_ELEM_USERDATA, element.UserData);
        writer.EndNested(item);
        Length += writer.Written.Length;
    }

    private ushort MessageType() => MemoryMarshal.Read<ushort>(_buffer.AsSpan(_elementsMessage + 4));

    private void BeginElements(ushort type, NetlinkFlags flags, string set)
    {
        var writer = Begin(type, flags, NftObject.Element, set, 0, out _);
        writer.AddString(NftMessage.NFTA_SET_ELEM_LIST_SET, set);
        _elementsMessage = Length;
        _elementsList = Length + writer.BeginNested(NftMessage.NFTA_SET_ELEM_LIST_ELEMENTS);
        Length += writer.Written.Length;
    }

    private void CloseElements()
    {
        if (_elementsMessage < 0) return;
        MemoryMarshal.Write(_buffer.AsSpan(_elementsMessage), (uint)(Length - _elementsMessage));
        MemoryMarshal.Write(_buffer.AsSpan(_elementsList), (ushort)(Length - _elementsList));
        _elementsMessage = -1;
    }

    private static void AddValue(ref NetlinkWriter writer, ushort type, ReadOnlySpan<byte> value)
    {
        var nested = writer.BeginNested(type);
        writer.AddBytes(NftMessage.NFTA_DATA_VALUE, value);
        writer.EndNested(nested);
    }

    private void Ensure(int room)
    {
        if (_buffer.Length - Length < room) Array.Resize(ref _buffer, Math.Max(Length + room, _buffer.Length * 2));
    }
}
