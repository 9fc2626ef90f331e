using System.Runtime.InteropServices;
using Shunt.Model;

namespace Shunt.Backends.Iptables.Rules;

/// <summary>
/// The structures of the kernel's matches, which both variants hand to it: in host order, padded to eight bytes. Sources: linux/netfilter/xt_*.h.
/// </summary>
internal static class XtMatches
{
    /// <summary>No match of ours takes more.</summary>
    public const int MaxLength = 296;

    private const int RecentNameLength = 200;
    private const int CounterNameLength = 32;
    private const byte XT_RECENT_CHECK = 1 << 0;
    private const byte XT_RECENT_SET = 1 << 1;
    private const byte XT_RECENT_REAP = 1 << 5;
    private const ushort XT_ADDRTYPE_LOCAL = 1 << 2;
    private const ushort XT_CONNTRACK_STATE = 1 << 0;
    private const uint XT_SCTP_DEST_PORTS = 0x02;

    /// <summary>Writes a match.</summary>
    /// <param name="match">The match.</param>
    /// <param name="protocol">The rule's protocol; only for the protocol's own match.</param>
    /// <param name="family">The rule's family.</param>
    /// <param name="info">Gets the structure; at least <see cref="MaxLength"/> bytes.</param>
    public static XtExtension Write(in RuleMatch match, Protocol? protocol, IpFamily family, Span<byte> info)
    {
        info[..MaxLength].Clear();
        switch (match.Kind)
        {
            case RuleMatchKind.Comment:
                WriteText(match.Text.Span, info[..256]);
                return new("comment"u8, 0, 256);
            case RuleMatchKind.Transport:
                return WriteTransport(match.Value, protocol, info);
            case RuleMatchKind.Random:
                MemoryMarshal.Write(info[4..], match.Value);
                MemoryMarshal.Write(info[12..], match.Value); // as iptables leaves it; nobody reads it
                return new("statistic"u8, 0, 24);
            case RuleMatchKind.RecentCheck or RuleMatchKind.RecentSet:
                return WriteRecent(match, family, info);
            case RuleMatchKind.SourceIsLocal:
                MemoryMarshal.Write(info, XT_ADDRTYPE_LOCAL);
                return new("addrtype"u8, 1, 8);
            case RuleMatchKind.DestinationIsLocal:
                MemoryMarshal.Write(info[2..], XT_ADDRTYPE_LOCAL);
                return new("addrtype"u8, 1, 8);
            case RuleMatchKind.ConntrackState:
                MemoryMarshal.Write(info[146..], XT_CONNTRACK_STATE);
                if (match.IsNegated) MemoryMarshal.Write(info[148..], XT_CONNTRACK_STATE);
                MemoryMarshal.Write(info[150..], (ushort)match.Value);
                return new("conntrack"u8, 3, 168);
            case RuleMatchKind.Mark:
                MemoryMarshal.Write(info, match.Value);
                MemoryMarshal.Write(info[4..], match.Mask);
                info[8] = match.IsNegated ? (byte)1 : (byte)0;
                return new("mark"u8, 1, 16);
            case RuleMatchKind.Counter:
                WriteText(match.Text.Span, info[..CounterNameLength]);
                return new("nfacct"u8, 1, 40);
            default:
                throw new ArgumentOutOfRangeException(nameof(match), match.Kind, null);
        }
    }

    /// <summary>Reads a match; null when no rule of ours has one like this.</summary>
    /// <param name="name">The match's name.</param>
    /// <param name="info">Its structure.</param>
    /// <param name="protocol">The rule's protocol.</param>
    /// <param name="family">The rule's family.</param>
    public static RuleMatch? Read(ReadOnlySpan<byte> name, ReadOnlySpan<byte> info, Protocol? protocol, IpFamily family)
    {
        if (info.Length < 8 || Guess(name, info) is not { } match) return null;
        if (match.Kind == RuleMatchKind.Transport && (protocol is not { } known || !name.SequenceEqual(NameOf(known)))) return null;

        // What was guessed from a part of the structure must say all that is in it.
        Span<byte> expected = stackalloc byte[MaxLength];
        var length = Write(match, protocol, family, expected).Length;
        if (info.Length > length || info.Length + 8 <= length) return null;
        return Same(expected[..info.Length], info, match.Kind) ? match : null;
    }

    private static ReadOnlySpan<byte> NameOf(Protocol protocol) => protocol switch
    {
        Protocol.Tcp => "tcp"u8,
        Protocol.Udp => "udp"u8,
        _ => "sctp"u8,
    };

    private static XtExtension WriteTransport(uint port, Protocol? protocol, Span<byte> info)
    {
        var any = port == RuleMatch.AnyPort;
        if (protocol == Protocol.Sctp)
        {
            for (var chunk = 268; chunk < 280; chunk += 3) info[chunk] = 0xFF; // no chunk type
            if (any) return new("sctp"u8, 0, 296);
            WritePorts((ushort)port, (ushort)port, info);
            MemoryMarshal.Write(info[284..], XT_SCTP_DEST_PORTS);
            return new("sctp"u8, 0, 296);
        }

        WritePorts(0, ushort.MaxValue, info);
        if (any) WritePorts(0, ushort.MaxValue, info[4..]);
        else WritePorts((ushort)port, (ushort)port, info[4..]);
        return protocol == Protocol.Udp ? new("udp"u8, 0, 16) : new("tcp"u8, 0, 16);
    }

    private static void WritePorts(ushort first, ushort last, Span<byte> ports)
    {
        MemoryMarshal.Write(ports, first);
        MemoryMarshal.Write(ports[2..], last);
    }

    private static XtExtension WriteRecent(in RuleMatch match, IpFamily family, Span<byte> info)
    {
        MemoryMarshal.Write(info, match.Value);
        info[8] = match.Kind == RuleMatchKind.RecentSet ? XT_RECENT_SET : (byte)(XT_RECENT_CHECK | XT_RECENT_REAP);
        WriteText(match.Text.Span, info.Slice(10, RecentNameLength));
        info.Slice(212, family == IpFamily.IPv4 ? 4 : 16).Fill(0xFF);
        return new("recent"u8, 1, 232);
    }

    private static void WriteText(ReadOnlySpan<byte> text, Span<byte> to)
    {
        if (text.Length >= to.Length) text = text[..(to.Length - 1)];
        text.CopyTo(to);
    }

    private static RuleMatch? Guess(ReadOnlySpan<byte> name, ReadOnlySpan<byte> info)
    {
        if (name.SequenceEqual("comment"u8)) return new RuleMatch(RuleMatchKind.Comment) { Text = Text(info) };
        if (name.SequenceEqual("tcp"u8) || name.SequenceEqual("udp"u8)) return Transport(Word(info, 4), any: Word(info, 4) != Word(info, 6));
        if (name.SequenceEqual("sctp"u8) && info.Length >= 288) return Transport(Word(info, 0), any: Word(info, 284) == 0);
        if (name.SequenceEqual("statistic"u8)) return new RuleMatch(RuleMatchKind.Random) { Value = Long(info, 4) };
        if (name.SequenceEqual("recent"u8) && info.Length >= 228) return Recent(info);
        if (name.SequenceEqual("addrtype"u8)) return new RuleMatch(Word(info, 0) != 0 ? RuleMatchKind.SourceIsLocal : RuleMatchKind.DestinationIsLocal);
        if (name.SequenceEqual("conntrack"u8) && info.Length >= 164)
        {
            return new RuleMatch(RuleMatchKind.ConntrackState) { Value = Word(info, 150), IsNegated = Word(info, 148) != 0 };
        }

        if (name.SequenceEqual("mark"u8) && info.Length >= 12)
        {
            return new RuleMatch(RuleMatchKind.Mark) { Value = Long(info, 0), Mask = Long(info, 4), IsNegated = info[8] != 0 };
        }

        if (name.SequenceEqual("nfacct"u8)) return new RuleMatch(RuleMatchKind.Counter) { Text = Text(info[..CounterNameLength]) };
        return null;
    }

    private static RuleMatch Transport(ushort port, bool any) => new(RuleMatchKind.Transport) { Value = any ? RuleMatch.AnyPort : port };

    private static RuleMatch Recent(ReadOnlySpan<byte> info) => new(info[8] == XT_RECENT_SET ? RuleMatchKind.RecentSet : RuleMatchKind.RecentCheck)
    {
        Value = Long(info, 0),
        Text = Text(info.Slice(10, RecentNameLength)),
    };

    /// <summary>A copy of a text that ends with a zero.</summary>
    private static byte[] Text(ReadOnlySpan<byte> info)
    {
        var end = info.IndexOf((byte)0);
        return (end < 0 ? info : info[..end]).ToArray();
    }

    private static ushort Word(ReadOnlySpan<byte> info, int offset) => MemoryMarshal.Read<ushort>(info[offset..]);

    private static uint Long(ReadOnlySpan<byte> info, int offset) => MemoryMarshal.Read<uint>(info[offset..]);

    private static bool Same(ReadOnlySpan<byte> expected, ReadOnlySpan<byte> info, RuleMatchKind kind)
    {
        // What iptables leaves in the part of the other mode differs from version to version, and nobody reads it.
        return kind == RuleMatchKind.Random ? expected[..8].SequenceEqual(info[..8]) : expected.SequenceEqual(info);
    }
}
