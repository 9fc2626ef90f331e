using Shunt.Model;

namespace Shunt.Backends.Iptables.LegacyVariant;

/// <summary>
/// Where things stand in an entry of a table: <c>struct ipt_entry</c> of linux/netfilter_ipv4/ip_tables.h, <c>struct ip6t_entry</c> of
/// linux/netfilter_ipv6/ip6_tables.h. Behind it come the matches and the target.
/// </summary>
internal sealed class EntryLayout
{
    public const int MaxInterfaceLength = 16; // IFNAMSIZ, with the zero at the end
    public const byte IPT_INV_VIA_IN = 0x01;
    public const byte IPT_INV_SRCIP = 0x08;
    public const byte IPT_INV_DSTIP = 0x10;

    /// <summary>What <c>struct xt_entry_match</c> and <c>struct xt_entry_target</c> have before the data: size, name, revision.</summary>
    public const int ExtensionHeader = 32;

    public const int ExtensionName = 2;
    public const int ExtensionNameLength = 29;
    public const int ExtensionRevision = 31;

    /// <summary>The length of a target that is a verdict or a jump: <c>struct xt_standard_target</c>.</summary>
    public const int StandardTarget = 40;

    /// <summary>The length of what begins a chain: <c>struct xt_error_target</c>.</summary>
    public const int ErrorTarget = 64;

    /// <summary>No chain has a name this long, so that it fits wherever the kernel or a tool puts it.</summary>
    public const int ChainNameLength = 29;

    private EntryLayout(IpFamily family)
    {
        var v4 = family == IpFamily.IPv4;
        Family = family;
        AddressLength = v4 ? 4 : 16;
        Interfaces = AddressLength * 4;
        Protocol = Interfaces + MaxInterfaceLength * 4;
        Flags = Protocol + (v4 ? 2 : 3);
        TargetOffset = v4 ? 88 : 140;
        Counters = v4 ? 96 : 152;
        Length = Counters + 16;
    }

    public static EntryLayout V4 { get; } = new(IpFamily.IPv4);

    public static EntryLayout V6 { get; } = new(IpFamily.IPv6);

    public IpFamily Family { get; }

    /// <summary>The source begins the entry; destination, mask of the source and mask of the destination follow, all of this length.</summary>
    public int AddressLength { get; }

    public int Destination => AddressLength;

    public int SourceMask => AddressLength * 2;

    public int DestinationMask => AddressLength * 3;

    /// <summary>Four texts: the names of the input and the output interface, and their masks.</summary>
    public int Interfaces { get; }

    public int InterfaceMask => Interfaces + MaxInterfaceLength * 2;

    /// <summary>Two bytes.</summary>
    public int Protocol { get; }

    /// <summary>One byte, and one behind it with what is inverted.</summary>
    public int Flags { get; }

    public int InverseFlags => Flags + 1;

    /// <summary>Two bytes: where the target begins. Two more: where the entry ends.</summary>
    public int TargetOffset { get; }

    public int NextOffset => TargetOffset + 2;

    /// <summary>Four bytes of the kernel's own.</summary>
    public int ComeFrom => TargetOffset + 4;

    public int Counters { get; }

    /// <summary>The length of an entry without matches and target.</summary>
    public int Length { get; }

    /// <summary>In <see cref="Flags"/>: the protocol counts. IPv4 has no such flag.</summary>
    public byte ProtocolFlag => Family == IpFamily.IPv4 ? (byte)0 : (byte)0x01; // IP6T_F_PROTO

    /// <summary>In <see cref="Flags"/>: the chain it leads to is not come back from.</summary>
    public byte GotoFlag => Family == IpFamily.IPv4 ? (byte)0x02 : (byte)0x04; // IPT_F_GOTO, IP6T_F_GOTO

    public static EntryLayout Of(IpFamily family) => family == IpFamily.IPv4 ? V4 : V6;
}
