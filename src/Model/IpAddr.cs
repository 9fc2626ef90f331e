using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Shunt.Model;

/// <summary>
/// An IPv4 or IPv6 address, held inline. <c>default</c> is no address: its <see cref="IsValid"/> is false.
/// Ordered by family, then numerically. An IPv4-mapped IPv6 address is the IPv4 address, as everywhere in Kubernetes.
/// </summary>
public readonly record struct IpAddr : IComparable<IpAddr>
{
    /// <summary>The longest text, in bytes, that <see cref="Format"/> writes.</summary>
    public const int MaxTextLength = 39;

    // Not one UInt128: that would be aligned to 16 bytes, and an address would take 32.
    private readonly ulong _upper;
    private readonly ulong _lower;

    private IpAddr(IpFamily family, UInt128 bits)
    {
        Family = family;
        _upper = (ulong)(bits >> 64);
        _lower = (ulong)bits;
    }

    /// <summary>The address family; zero for <c>default</c>.</summary>
    public IpFamily Family { get; }

    /// <summary>False for <c>default</c> only.</summary>
    public bool IsValid => Family != 0;

    /// <summary>The number of bits in the address: 32 or 128.</summary>
    public int BitLength => Family == IpFamily.IPv4 ? 32 : 128;

    /// <summary>The address as a number in host order; an IPv4 address fills the low 32 bits.</summary>
    public UInt128 Bits => new(_upper, _lower);

    /// <summary>True for 127.0.0.0/8 and ::1.</summary>
    public bool IsLoopback => Family == IpFamily.IPv4 ? _lower >> 24 == 127 : Family == IpFamily.IPv6 && _upper == 0 && _lower == 1;

    /// <summary>True for 0.0.0.0 and ::.</summary>
    public bool IsUnspecified => IsValid && _upper == 0 && _lower == 0;

    /// <summary>An IPv4 address from its number in host order.</summary>
    public static IpAddr FromV4(uint bits) => new(IpFamily.IPv4, bits);

    /// <summary>An address from its network-order bytes: 4 or 16 of them.</summary>
    public static IpAddr FromBytes(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length == 4) return FromV4(BinaryPrimitives.ReadUInt32BigEndian(bytes));
        var bits = BinaryPrimitives.ReadUInt128BigEndian(bytes);
        return bits >> 32 == 0xFFFF ? FromV4((uint)bits) : new IpAddr(IpFamily.IPv6, bits);
    }

    /// <summary>Writes the 4 or 16 network-order bytes; returns how many.</summary>
    public int WriteBytes(Span<byte> destination)
    {
        if (Family == IpFamily.IPv4)
        {
            BinaryPrimitives.WriteUInt32BigEndian(destination, (uint)_lower);
            return 4;
        }

        BinaryPrimitives.WriteUInt64BigEndian(destination, _upper);
        BinaryPrimitives.WriteUInt64BigEndian(destination[sizeof(ulong)..], _lower);
        return 16;
    }

    /// <summary>The same address with all bits after the first <paramref name="prefixLength"/> cleared.</summary>
    public IpAddr Mask(int prefixLength)
    {
        var drop = BitLength - prefixLength;
        return drop >= 128 ? new IpAddr(Family, UInt128.Zero) : new IpAddr(Family, Bits >> drop << drop);
    }

    /// <summary>
    /// Reads an address the way the API server's older validation did: an IPv4 octet may have leading zeros, which are dropped
    /// (they are never octal), and an IPv6 zone is refused.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<char> text, out IpAddr address)
    {
        address = default;
        if (!text.Contains(':')) return TryParseV4(text, out address);
        if (text.Contains('%') || text.Contains('[') || text.Contains('/')) return false;
        if (!IPAddress.TryParse(text, out var parsed) || parsed.AddressFamily != AddressFamily.InterNetworkV6) return false;
        Span<byte> bytes = stackalloc byte[16];
        parsed.TryWriteBytes(bytes, out _);
        address = FromBytes(bytes);
        return true;
    }

    /// <summary>Reads an address that must be valid; for literals and tests.</summary>
    /// <exception cref="FormatException">The text is no address.</exception>
    public static IpAddr Parse(ReadOnlySpan<char> text) =>
        TryParse(text, out var address) ? address : throw new FormatException($"\"{text}\" is not an IP address");

    private static bool TryParseV4(ReadOnlySpan<char> text, out IpAddr address)
    {
        address = default;
        uint bits = 0;
        for (var octet = 0; octet < 4; octet++)
        {
            var end = text.IndexOf('.');
            if (end < 0 != (octet == 3)) return false;
            var part = octet == 3 ? text : text[..end];
            if (!TryParseOctet(part, out var value)) return false;
            bits = bits << 8 | value;
            text = octet == 3 ? default : text[(end + 1)..];
        }

        address = FromV4(bits);
        return true;
    }

    private static bool TryParseOctet(ReadOnlySpan<char> digits, out uint value)
    {
        value = 0;
        if (digits.IsEmpty) return false;
        foreach (var c in digits)
        {
            if (!char.IsAsciiDigit(c)) return false;
            value = value * 10 + (uint)(c - '0');
            if (value > 255) return false;
        }

        return true;
    }

    /// <summary>Writes the canonical text (RFC 5952) as UTF-8; <paramref name="destination"/> needs <see cref="MaxTextLength"/> bytes.</summary>
    /// <returns>The number of bytes written.</returns>
    public int Format(Span<byte> destination)
    {
        if (Family == IpFamily.IPv4) return FormatV4((uint)_lower, destination);
        if (!IsValid) return 0;
        Span<byte> bytes = stackalloc byte[16];
        WriteBytes(bytes);
        new IPAddress(bytes).TryFormat(destination, out var written);
        return written;
    }

    private static int FormatV4(uint bits, Span<byte> destination)
    {
        var at = 0;
        for (var shift = 24; shift >= 0; shift -= 8)
        {
            var octet = (bits >> shift) & 0xFF;
            if (octet >= 100) destination[at++] = (byte)('0' + octet / 100);
            if (octet >= 10) destination[at++] = (byte)('0' + octet / 10 % 10);
            destination[at++] = (byte)('0' + octet % 10);
            if (shift > 0) destination[at++] = (byte)'.';
        }

        return at;
    }

    /// <inheritdoc/>
    public int CompareTo(IpAddr other) => Family != other.Family ? Family.CompareTo(other.Family) : Bits.CompareTo(other.Bits);

    /// <summary>The canonical text; empty for <c>default</c>.</summary>
    public override string ToString()
    {
        Span<byte> text = stackalloc byte[MaxTextLength];
        return Encoding.ASCII.GetString(text[..Format(text)]);
    }
}
