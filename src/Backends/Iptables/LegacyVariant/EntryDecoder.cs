using System.Runtime.InteropServices;
using Shunt.Backends.Iptables.Rules;
using Shunt.Model;

namespace Shunt.Backends.Iptables.LegacyVariant;

/// <summary>Makes lines of packed rules. Reused.</summary>
internal sealed class EntryDecoder(EntryLayout layout)
{
    private readonly Rule _rule = new();
    private byte[] _entry = new byte[1024];

    /// <summary>
    /// Writes a rule as iptables-save prints it, newline and all. One that no rule of ours is like gets a line that no rule of ours has, but
    /// by which it can be found again, and which says where it leads.
    /// </summary>
    public void Print(LegacyChain chain, ReadOnlySpan<byte> packed, LegacyTable table, RuleWriter output)
    {
        var entry = Unpack(packed);
        var jump = PackedRule.JumpOf(packed);
        if (TryRead(chain, entry, jump, table))
        {
            RulePrinter.Print(_rule, layout.Family, output);
            return;
        }

        output.Append(chain.Name).Raw(" -m unreadable --hash "u8).Hex((uint)Utf8Content.Hash(entry));
        if (Jump.IsChain(jump)) output.Raw((entry[layout.Flags] & layout.GotoFlag) != 0 ? " -g "u8 : " -j "u8).Raw(table[jump].Name);
        output.End();
    }

    private ReadOnlySpan<byte> Unpack(ReadOnlySpan<byte> packed)
    {
        var length = PackedRule.EntryLength(packed);
        if (_entry.Length < length) _entry = new byte[length];
        var entry = _entry.AsSpan(0, length);
        entry.Clear();
        PackedRule.Unpack(packed, entry);
        return entry;
    }

    private bool TryRead(LegacyChain chain, ReadOnlySpan<byte> entry, int jump, LegacyTable table)
    {
        _rule.Reset(chain.Name);
        int target = Word(entry, layout.TargetOffset);
        return TryReadHeader(entry) && TryReadMatches(entry[layout.Length..target]) && TryReadTarget(entry[target..], jump, table);
    }

    private bool TryReadHeader(ReadOnlySpan<byte> entry)
    {
        const byte known = EntryLayout.IPT_INV_VIA_IN | EntryLayout.IPT_INV_SRCIP | EntryLayout.IPT_INV_DSTIP;
        var inverse = entry[layout.InverseFlags];
        var protocol = (Protocol)Word(entry, layout.Protocol);
        if ((inverse & ~known) != 0) return false;
        if (protocol is Protocol.Tcp or Protocol.Udp or Protocol.Sctp) _rule.Protocol = protocol;
        else if (protocol != 0) return false;
        if (entry[layout.Flags] != (protocol == 0 ? 0 : layout.ProtocolFlag)) return false;
        if (ReadPrefix(entry, 0) is not { } source || ReadPrefix(entry, layout.Destination) is not { } destination) return false;
        (_rule.Source, _rule.SourceIsNegated) = (source, (inverse & EntryLayout.IPT_INV_SRCIP) != 0);
        (_rule.Destination, _rule.DestinationIsNegated) = (destination, (inverse & EntryLayout.IPT_INV_DSTIP) != 0);
        _rule.InterfaceIsNegated = (inverse & EntryLayout.IPT_INV_VIA_IN) != 0;
        if ((_rule.SourceIsNegated && !source.IsValid) || (_rule.DestinationIsNegated && !destination.IsValid)) return false;
        return TryReadInterface(entry);
    }

    /// <summary>Null when the mask is not one of a prefix; the default when every address matches.</summary>
    private IpPrefix? ReadPrefix(ReadOnlySpan<byte> entry, int offset)
    {
        var address = entry.Slice(offset, layout.AddressLength);
        var mask = entry.Slice(offset + layout.SourceMask, layout.AddressLength);
        var length = 0;
        while (length < mask.Length * 8 && (mask[length / 8] & 0x80 >> length % 8) != 0) length++;
        for (var bit = length; bit < mask.Length * 8; bit++)
        {
            if ((mask[bit / 8] & 0x80 >> bit % 8) != 0) return null;
        }

        if (length == 0) return address.ContainsAnyExcept((byte)0) ? null : default(IpPrefix);
        var prefix = new IpPrefix(IpAddr.FromBytes(address), length);
        return prefix.Address == IpAddr.FromBytes(address) ? prefix : null;
    }

    private bool TryReadInterface(ReadOnlySpan<byte> entry)
    {
        const int length = EntryLayout.MaxInterfaceLength;
        var name = entry.Slice(layout.Interfaces, length);
        var mask = entry.Slice(layout.InterfaceMask, length);
        if (entry.Slice(layout.Interfaces + length, length).ContainsAnyExcept((byte)0)) return false; // the output interface
        if (entry.Slice(layout.InterfaceMask + length, length).ContainsAnyExcept((byte)0)) return false;
        var covered = mask.IndexOf((byte)0);
        if (covered < 0) covered = length;
        if (covered == 0) return !name.ContainsAnyExcept((byte)0) && !_rule.InterfaceIsNegated;
        if (mask[..covered].ContainsAnyExcept((byte)0xFF) || mask[covered..].ContainsAnyExcept((byte)0)) return false;
        var end = name.IndexOf((byte)0);
        _rule.InterfaceIsPrefix = end < 0 || end >= covered;
        if (!_rule.InterfaceIsPrefix && end != covered - 1) return false;
        _rule.Interface = name[..(_rule.InterfaceIsPrefix ? covered : end)].ToArray();
        return true;
    }

    private bool TryReadMatches(ReadOnlySpan<byte> matches)
    {
        while (!matches.IsEmpty)
        {
            int length = Word(matches, 0);
            if (length < EntryLayout.ExtensionHeader || length > matches.Length) return false;
            var info = matches[EntryLayout.ExtensionHeader..length];
            if (XtMatches.Read(NameOf(matches), info, _rule.Protocol, layout.Family) is not { } match) return false;
            _rule.Matches.Add(match);
            matches = matches[length..];
        }

        return true;
    }

    private bool TryReadTarget(ReadOnlySpan<byte> target, int jump, LegacyTable table)
    {
        if (jump == Jump.Extension)
        {
            var read = XtTargets.Read(NameOf(target), target[EntryLayout.ExtensionHeader..], layout.Family);
            _rule.Target = read ?? default;
            return read is not null;
        }

        _rule.Target = jump switch
        {
            Jump.Next => default,
            Jump.Accept => new RuleTarget(RuleTargetKind.Accept),
            Jump.Drop => new RuleTarget(RuleTargetKind.Drop),
            Jump.Return => new RuleTarget(RuleTargetKind.Return),
            _ when Jump.IsChain(jump) => new RuleTarget(RuleTargetKind.Jump) { Chain = table[jump].Name },
            _ => default,
        };
        return jump == Jump.Next || _rule.Target.Kind != RuleTargetKind.None;
    }

    private static ReadOnlySpan<byte> NameOf(ReadOnlySpan<byte> extension)
    {
        var name = extension.Slice(EntryLayout.ExtensionName, EntryLayout.ExtensionNameLength);
        var end = name.IndexOf((byte)0);
        return end < 0 ? name : name[..end];
    }

    private static ushort Word(ReadOnlySpan<byte> bytes, int offset) => MemoryMarshal.Read<ushort>(bytes[offset..]);
}
