using System.Globalization;
using System.Text;

namespace Shunt.Model;

/// <summary>A network: an address with its host bits cleared, and the number of bits that count. <c>default</c> is no network.</summary>
public readonly record struct IpPrefix
{
    /// <summary>The longest text, in bytes, that <see cref="Format"/> writes.</summary>
    public const int MaxTextLength = IpAddr.MaxTextLength + 4;

    /// <summary>The network of <paramref name="address"/>; host bits are cleared.</summary>
    public IpPrefix(IpAddr address, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, address.BitLength);
        Address = address.Mask(length);
        Length = (byte)length;
    }

    /// <summary>The network address.</summary>
    public IpAddr Address { get; }

    /// <summary>How many leading bits count: 0 to 32 or 128.</summary>
    public byte Length { get; }

    /// <summary>The address family; zero for <c>default</c>.</summary>
    public IpFamily Family => Address.Family;

    /// <summary>False for <c>default</c> only.</summary>
    public bool IsValid => Address.IsValid;

    /// <summary>The network that holds just this address.</summary>
    public static IpPrefix Host(IpAddr address) => new(address, address.BitLength);

    /// <summary>Whether the address is of this family and inside the network.</summary>
    public bool Contains(IpAddr address) => address.Family == Family && IsValid && address.Mask(Length) == Address;

    /// <summary>Reads <c>address/length</c>; the address leniently, as <see cref="IpAddr.TryParse"/> does; host bits are cleared.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out IpPrefix prefix)
    {
        prefix = default;
        var slash = text.IndexOf('/');
        if (slash < 0 || !IpAddr.TryParse(text[..slash], out var address)) return false;
        if (!int.TryParse(text[(slash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var length)) return false;
        if (length > address.BitLength) return false;
        prefix = new IpPrefix(address, length);
        return true;
    }

    /// <summary>Reads a network that must be valid; for literals and tests.</summary>
    /// <exception cref="FormatException">The text is no network.</exception>
    public static IpPrefix Parse(ReadOnlySpan<char> text) =>
        TryParse(text, out var prefix) ? prefix : throw new FormatException($"\"{text}\" is not a CIDR");

    /// <summary>Writes <c>address/length</c> as UTF-8; <paramref name="destination"/> needs <see cref="MaxTextLength"/> bytes.</summary>
    /// <returns>The number of bytes written.</returns>
    public int Format(Span<byte> destination)
    {
        var at = Address.Format(destination);
        destination[at++] = (byte)'/';
        Length.TryFormat(destination[at..], out var digits, default, CultureInfo.InvariantCulture);
        return at + digits;
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        Span<byte> text = stackalloc byte[MaxTextLength];
        return Encoding.ASCII.GetString(text[..Format(text)]);
    }
}
