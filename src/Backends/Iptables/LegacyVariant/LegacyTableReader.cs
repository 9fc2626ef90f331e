using System.Runtime.InteropServices;
using Shunt.Model;
using Shunt.Netlink.Xtables;

namespace Shunt.Backends.Iptables.LegacyVariant;

/// <summary>
/// Takes a table apart. In the kernel's bytes a built-in chain begins where the kernel enters it, any other with an entry that has its name;
/// the last entry of each is its policy; and behind all is one that ends the table.
/// </summary>
internal sealed class LegacyTableReader
{
    private static readonly byte[][] HookNames =
    [
        "PREROUTING"u8.ToArray(), "INPUT"u8.ToArray(), "FORWARD"u8.ToArray(), "OUTPUT"u8.ToArray(), "POSTROUTING"u8.ToArray(),
    ];

    private readonly LegacyTable _table;
    private readonly EntryLayout _layout;
    private readonly XtTableInfo _info;
    private readonly List<int> _starts = [];
    private readonly List<LegacyChain> _chains = [];
    private byte[] _packed = new byte[4096];

    private LegacyTableReader(string name, IpFamily family, in XtTableInfo info)
    {
        _table = new LegacyTable(name, family) { Info = info };
        _layout = _table.Layout;
        _info = info;
    }

    /// <summary>Reads a table.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="family">Its family.</param>
    /// <param name="entries">Its entries, which are changed by that.</param>
    /// <param name="info">How they are laid out.</param>
    /// <exception cref="KernelException">They are not as the kernel has them.</exception>
    public static LegacyTable Read(string name, IpFamily family, Span<byte> entries, in XtTableInfo info)
    {
        var reader = new LegacyTableReader(name, family, info);
        reader.FindChains(entries);
        reader.FillChains(entries);
        reader._table.EndOfChains();
        return reader._table;
    }

    private void FindChains(ReadOnlySpan<byte> entries)
    {
        for (var at = 0; at < entries.Length;)
        {
            var next = at + LengthOf(entries[at..]);
            var target = TargetOf(entries[at..next]);
            if (next < entries.Length && NameOf(target).SequenceEqual("ERROR"u8))
            {
                Begin(next, Text(target[EntryLayout.ExtensionHeader..]), LegacyChain.UserDefined, Jump.Return);
            }
            else if (HookAt(at) is var hook and >= 0)
            {
                var policy = TargetOf(entries[(int)_info.Underflows[hook]..]);
                Begin(at, HookNames[hook], hook, MemoryMarshal.Read<int>(policy[EntryLayout.ExtensionHeader..]));
            }

            at = next;
        }
    }

    private void Begin(int start, ReadOnlySpan<byte> name, int hook, int policy)
    {
        _starts.Add(start);
        _chains.Add(_table.Add(name, hook, policy));
    }

    private int HookAt(int offset)
    {
        for (var hook = 0; hook < XtHooks.Count; hook++)
        {
            if ((_info.ValidHooks >> hook & 1) != 0 && _info.Hooks[hook] == offset) return hook;
        }

        return -1;
    }

    private void FillChains(Span<byte> entries)
    {
        var number = 0;
        for (var i = 0; i < _chains.Count; i++)
        {
            var chain = _chains[i];
            if (!chain.IsBuiltIn) number++;
            var count = 0;
            var length = 0;
            for (var at = _starts[i]; !IsPolicy(entries, at); count++)
            {
                var next = at + LengthOf(entries[at..]);
                length += Pack(entries[at..next], at, length);
                at = next;
            }

            chain.Fill(_packed.AsSpan(0, length), count, number);
            chain.Settle(number);
            number += count + 1;
        }
    }

    /// <summary>Whether the entry is the last of its chain: another chain begins behind it, or the table ends.</summary>
    private bool IsPolicy(ReadOnlySpan<byte> entries, int at)
    {
        var next = at + LengthOf(entries[at..]);
        if (next >= entries.Length) throw Malformed();
        return HookAt(next) >= 0 || NameOf(TargetOf(entries[next..])).SequenceEqual("ERROR"u8);
    }

    /// <summary>Packs a rule behind those before it.</summary>
    /// <returns>The length packed.</returns>
    private int Pack(Span<byte> entry, int at, int packed)
    {
        var room = PackedRule.MaxLength(entry.Length);
        if (room > ushort.MaxValue) throw Malformed();
        if (_packed.Length < packed + room) Array.Resize(ref _packed, Math.Max(_packed.Length * 2, packed + room));
        entry.Slice(_layout.ComeFrom, sizeof(uint)).Clear();
        entry.Slice(_layout.Counters, 16).Clear();
        var target = TargetOf(entry);
        var jump = Jump.Extension;
        if (NameOf(target).IsEmpty)
        {
            var verdict = target.Slice(EntryLayout.ExtensionHeader, sizeof(int));
            jump = JumpTo(MemoryMarshal.Read<int>(verdict), at + entry.Length);
            verdict.Clear();
        }

        return PackedRule.Pack(entry, jump, _packed.AsSpan(packed));
    }

    private int JumpTo(int verdict, int next)
    {
        if (verdict < 0) return verdict;
        if (verdict == next) return Jump.Next;
        var chain = _starts.BinarySearch(verdict);
        return chain >= 0 ? _chains[chain].Id : throw Malformed();
    }

    private int LengthOf(ReadOnlySpan<byte> entry)
    {
        if (entry.Length < _layout.Length) throw Malformed();
        var length = MemoryMarshal.Read<ushort>(entry[_layout.NextOffset..]);
        return length >= _layout.Length && length <= entry.Length ? length : throw Malformed();
    }

    private Span<byte> TargetOf(Span<byte> entry) => entry[MemoryMarshal.Read<ushort>(entry[_layout.TargetOffset..])..];

    private ReadOnlySpan<byte> TargetOf(ReadOnlySpan<byte> entry) => entry[MemoryMarshal.Read<ushort>(entry[_layout.TargetOffset..])..];

    private static ReadOnlySpan<byte> NameOf(ReadOnlySpan<byte> target) =>
        Text(target.Slice(EntryLayout.ExtensionName, EntryLayout.ExtensionNameLength));

    private static ReadOnlySpan<byte> Text(ReadOnlySpan<byte> bytes)
    {
        var end = bytes.IndexOf((byte)0);
        return end < 0 ? bytes : bytes[..end];
    }

    private KernelException Malformed() => new($"the table {_table.Name} is not laid out as tables are");
}
