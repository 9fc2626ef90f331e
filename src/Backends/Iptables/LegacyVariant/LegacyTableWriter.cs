using System.Runtime.InteropServices;
using Shunt.Netlink.Xtables;

namespace Shunt.Backends.Iptables.LegacyVariant;

/// <summary>Puts a table together as the kernel takes it: see <see cref="LegacyTableReader"/>.</summary>
internal sealed class LegacyTableWriter
{
    private readonly LegacyTable _table;
    private readonly EntryLayout _layout;
    private readonly int[] _starts; // of the first rule, by the chain's number
    private XtTableInfo _info;

    /// <summary>Finds out where everything will be.</summary>
    /// <exception cref="KernelException">The table is larger than one can be.</exception>
    public LegacyTableWriter(LegacyTable table)
    {
        _table = table;
        _layout = table.Layout;
        _starts = table.Scratch();
        LayOut();
    }

    /// <summary>How the table will be laid out.</summary>
    public XtTableInfo Info => _info;

    private int HeadLength => _layout.Length + EntryLayout.ErrorTarget;

    private int PolicyLength => _layout.Length + EntryLayout.StandardTarget;

    /// <summary>Writes the entries.</summary>
    public XtBlob Write()
    {
        var blob = new XtBlob(_info.Size);
        var entries = blob.Entries;
        var at = 0;
        foreach (var chain in _table.Chains)
        {
            if (!chain.IsBuiltIn) at += WriteHead(chain.Name, entries[at..]);
            foreach (var rule in chain) at += WriteRule(rule, at, entries[at..]);
            at += WritePolicy(chain.Policy, entries[at..]);
        }

        WriteHead("ERROR"u8, entries[at..]);
        return blob;
    }

    /// <summary>What must be added to the counters of the new entries so that rules that stay have what they had.</summary>
    /// <param name="old">The counters of the old entries.</param>
    /// <returns>Null when they all had seen nothing.</returns>
    public XtCounters? Counters(ReadOnlySpan<XtCounter> old)
    {
        if (!MemoryMarshal.AsBytes(old).ContainsAnyExcept((byte)0)) return null;
        var counters = new XtCounters(_info.Entries);
        var values = counters.Values;
        var at = 0;
        foreach (var chain in _table.Chains)
        {
            if (!chain.IsBuiltIn) at++;
            CopyCounters(chain, old, values[at..]);
            at += chain.Count;
            if (chain.IsBuiltIn) values[at] = old[chain.PolicyOrigin];
            at++;
        }

        return counters;
    }

    private static void CopyCounters(LegacyChain chain, ReadOnlySpan<XtCounter> old, Span<XtCounter> values)
    {
        if (chain.Rules is not { } rules)
        {
            if (chain.Origin >= 0) old.Slice(chain.Origin, chain.Count).CopyTo(values);
            return;
        }

        for (var i = 0; i < rules.Count; i++)
        {
            if (rules[i].Origin >= 0) values[i] = old[rules[i].Origin];
        }
    }

    private void LayOut()
    {
        long at = 0;
        var count = 0;
        var hooks = None();
        var underflows = None();
        foreach (var chain in _table.Chains)
        {
            if (!chain.IsBuiltIn) at += HeadLength;
            _starts[chain.Id] = (int)at;
            if (chain.IsBuiltIn) hooks[chain.Hook] = (uint)at;
            foreach (var rule in chain) at += PackedRule.EntryLength(rule);
            if (chain.IsBuiltIn) underflows[chain.Hook] = (uint)at;
            at += PolicyLength;
            count += chain.Count + (chain.IsBuiltIn ? 1 : 2);
            if (at > int.MaxValue / 2) throw new KernelException($"the table {_table.Name} would be too large");
        }

        _info = new XtTableInfo(_table.Info.ValidHooks, count + 1, (int)at + HeadLength, hooks, underflows);
    }

    /// <summary>As the kernel has it for places that a table is not called from.</summary>
    private static XtHooks None()
    {
        var hooks = default(XtHooks);
        for (var hook = 0; hook < XtHooks.Count; hook++) hooks[hook] = uint.MaxValue;
        return hooks;
    }

    private int WriteHead(ReadOnlySpan<byte> name, Span<byte> entry)
    {
        WriteOffsets(HeadLength, entry);
        var target = entry[_layout.Length..];
        MemoryMarshal.Write(target, (ushort)EntryLayout.ErrorTarget);
        "ERROR"u8.CopyTo(target[EntryLayout.ExtensionName..]);
        name.CopyTo(target[EntryLayout.ExtensionHeader..]);
        return HeadLength;
    }

    private int WritePolicy(int verdict, Span<byte> entry)
    {
        WriteOffsets(PolicyLength, entry);
        var target = entry[_layout.Length..];
        MemoryMarshal.Write(target, (ushort)EntryLayout.StandardTarget);
        MemoryMarshal.Write(target[EntryLayout.ExtensionHeader..], verdict);
        return PolicyLength;
    }

    private void WriteOffsets(int length, Span<byte> entry)
    {
        MemoryMarshal.Write(entry[_layout.TargetOffset..], (ushort)_layout.Length);
        MemoryMarshal.Write(entry[_layout.NextOffset..], (ushort)length);
    }

    private int WriteRule(ReadOnlySpan<byte> rule, int at, Span<byte> entry)
    {
        var length = PackedRule.EntryLength(rule);
        PackedRule.Unpack(rule, entry);
        var jump = PackedRule.JumpOf(rule);
        if (jump == Jump.Extension) return length;
        if (jump == Jump.Next) jump = at + length;
        else if (Jump.IsChain(jump)) jump = _starts[jump];
        var target = MemoryMarshal.Read<ushort>(entry[_layout.TargetOffset..]);
        MemoryMarshal.Write(entry[(target + EntryLayout.ExtensionHeader)..], jump);
        return length;
    }
}
