using System.Runtime.InteropServices;
using System.Text;
using Shunt.Backends.Iptables.Rules;
using Shunt.Model;

namespace Shunt.Backends.Iptables.LegacyVariant;

/// <summary>Makes packed rules of lines. Reused: it allocates nothing.</summary>
internal sealed class EntryEncoder(EntryLayout layout)
{
    private readonly Rule _rule = new();
    private readonly byte[] _entry = new byte[8192];
    private readonly byte[] _packed = new byte[PackedRule.MaxLength(8192)];

    /// <summary>Encodes a rule.</summary>
    /// <param name="line">The rule as iptables-save prints it, without a newline.</param>
    /// <param name="table">The table, which has the chain it leads to.</param>
    /// <returns>The packed rule; valid until the next call.</returns>
    /// <exception cref="KernelException">There is no such chain, or the rule has words that are not known here.</exception>
    public ReadOnlySpan<byte> Encode(ReadOnlyMemory<byte> line, LegacyTable table)
    {
        RuleParser.Parse(line, _rule);
        var entry = _entry.AsSpan();
        entry[..layout.Length].Clear();
        WriteAddresses(entry);
        WriteInterface(entry);
        WriteProtocol(entry);
        var at = layout.Length;
        foreach (ref readonly var match in CollectionsMarshal.AsSpan(_rule.Matches)) at += WriteMatch(match, entry[at..], line);
        MemoryMarshal.Write(entry[layout.TargetOffset..], (ushort)at);
        var jump = JumpOf(_rule.Target, table, line);
        at += WriteTarget(jump, entry[at..]);
        MemoryMarshal.Write(entry[layout.NextOffset..], (ushort)at);
        return _packed.AsSpan(0, PackedRule.Pack(entry[..at], jump, _packed));
    }

    private void WriteAddresses(Span<byte> entry)
    {
        byte inverse = 0;
        if (_rule.Source.IsValid)
        {
            WritePrefix(_rule.Source, entry, entry[layout.SourceMask..]);
            if (_rule.SourceIsNegated) inverse |= EntryLayout.IPT_INV_SRCIP;
        }

        if (_rule.Destination.IsValid)
        {
            WritePrefix(_rule.Destination, entry[layout.Destination..], entry[layout.DestinationMask..]);
            if (_rule.DestinationIsNegated) inverse |= EntryLayout.IPT_INV_DSTIP;
        }

        entry[layout.InverseFlags] = inverse;
    }

    private static void WritePrefix(IpPrefix prefix, Span<byte> address, Span<byte> mask)
    {
        prefix.Address.WriteBytes(address);
        int whole = prefix.Length / 8, rest = prefix.Length % 8;
        mask[..whole].Fill(0xFF);
        if (rest > 0) mask[whole] = (byte)(0xFF00 >> rest);
    }

    /// <summary>A prefix of names keeps its plus sign, which the mask does not cover; a whole name is compared with the zero at its end.</summary>
    private void WriteInterface(Span<byte> entry)
    {
        var name = _rule.Interface.Span;
        if (name.IsEmpty) return;
        if (name.Length + 1 >= EntryLayout.MaxInterfaceLength) throw new KernelException("the name of an interface is too long");
        name.CopyTo(entry[layout.Interfaces..]);
        if (_rule.InterfaceIsPrefix) entry[layout.Interfaces + name.Length] = (byte)'+';
        entry.Slice(layout.InterfaceMask, _rule.InterfaceIsPrefix ? name.Length : name.Length + 1).Fill(0xFF);
        if (_rule.InterfaceIsNegated) entry[layout.InverseFlags] |= EntryLayout.IPT_INV_VIA_IN;
    }

    private void WriteProtocol(Span<byte> entry)
    {
        if (_rule.Protocol is not { } protocol) return;
        MemoryMarshal.Write(entry[layout.Protocol..], (ushort)protocol);
        entry[layout.Flags] |= layout.ProtocolFlag;
    }

    private int WriteMatch(in RuleMatch match, Span<byte> entry, ReadOnlyMemory<byte> line)
    {
        if (entry.Length < 2 * (EntryLayout.ExtensionHeader + XtMatches.MaxLength)) throw new KernelException($"a rule has too many matches: {Said(line)}");
        return WriteHeader(XtMatches.Write(match, _rule.Protocol, layout.Family, entry[EntryLayout.ExtensionHeader..]), entry);
    }

    private int WriteTarget(int jump, Span<byte> entry)
    {
        if (jump == Jump.Extension) return WriteHeader(XtTargets.Write(_rule.Target, layout.Family, entry[EntryLayout.ExtensionHeader..]), entry);
        entry[..EntryLayout.StandardTarget].Clear();
        MemoryMarshal.Write(entry, (ushort)EntryLayout.StandardTarget);
        return EntryLayout.StandardTarget;
    }

    private static int WriteHeader(XtExtension extension, Span<byte> entry)
    {
        var length = EntryLayout.ExtensionHeader + extension.Length;
        entry[..EntryLayout.ExtensionHeader].Clear();
        MemoryMarshal.Write(entry, (ushort)length);
        extension.Name.CopyTo(entry[EntryLayout.ExtensionName..]);
        entry[EntryLayout.ExtensionRevision] = extension.Revision;
        return length;
    }

    private static int JumpOf(in RuleTarget target, LegacyTable table, ReadOnlyMemory<byte> line) => target.Kind switch
    {
        RuleTargetKind.None => Jump.Next,
        RuleTargetKind.Accept => Jump.Accept,
        RuleTargetKind.Drop => Jump.Drop,
        RuleTargetKind.Return => Jump.Return,
        RuleTargetKind.Jump => table.Find(target.Chain.Span) is { IsBuiltIn: false } chain
            ? chain.Id
            : throw new KernelException($"the table {table.Name} has no chain that this leads to: {Said(line)}"),
        _ => Jump.Extension,
    };

    private static string Said(ReadOnlyMemory<byte> line) => Encoding.UTF8.GetString(line.Span);
}
