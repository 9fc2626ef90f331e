using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Shunt.Model;

/// <summary>One address and port behind a Service port.</summary>
/// <param name="Address">The address.</param>
/// <param name="Port">The port, never zero.</param>
public readonly record struct Endpoint(IpAddr Address, ushort Port)
{
    /// <summary>The longest text, in bytes, that <see cref="FormatId"/> writes.</summary>
    public const int MaxIdLength = IpAddr.MaxTextLength + 8;

    /// <summary>It may get traffic: the API's <c>ready</c> condition, where unset means true.</summary>
    public bool Ready { get; init; }

    /// <summary>It answers, even if it is about to go: the API's <c>serving</c> condition, where unset means true.</summary>
    public bool Serving { get; init; }

    /// <summary>It is about to go: the API's <c>terminating</c> condition, where unset means false.</summary>
    public bool Terminating { get; init; }

    /// <summary>It is on this node.</summary>
    public bool IsLocal { get; init; }

    /// <summary>The zones it should serve (KEP-2433); <c>default</c> when the slice gave no hint.</summary>
    public ImmutableArray<string> ZoneHints { get; init; }

    /// <summary>The nodes it should serve (KEP-3015); <c>default</c> when the slice gave no hint.</summary>
    public ImmutableArray<string> NodeHints { get; init; }

    /// <summary>Writes the id, <c>address:port</c> or <c>[address]:port</c>, as UTF-8; needs <see cref="MaxIdLength"/> bytes.</summary>
    /// <returns>The number of bytes written.</returns>
    public int FormatId(Span<byte> destination)
    {
        var at = 0;
        var v6 = Address.Family == IpFamily.IPv6;
        if (v6) destination[at++] = (byte)'[';
        at += Address.Format(destination[at..]);
        if (v6) destination[at++] = (byte)']';
        destination[at++] = (byte)':';
        Port.TryFormat(destination[at..], out var digits, default, CultureInfo.InvariantCulture);
        return at + digits;
    }

    /// <summary>The order of rules: by id, byte by byte, so that 10.0.0.10:80 comes before 10.0.0.2:80.</summary>
    public static int CompareIds(in Endpoint left, in Endpoint right)
    {
        Span<byte> a = stackalloc byte[MaxIdLength];
        Span<byte> b = stackalloc byte[MaxIdLength];
        return a[..left.FormatId(a)].SequenceCompareTo(b[..right.FormatId(b)]);
    }

    /// <summary>Equality of content: the hints are compared element by element.</summary>
    public bool Equals(Endpoint other) =>
        Address == other.Address && Port == other.Port
        && Ready == other.Ready && Serving == other.Serving && Terminating == other.Terminating && IsLocal == other.IsLocal
        && SameHints(ZoneHints, other.ZoneHints) && SameHints(NodeHints, other.NodeHints);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Address, Port);

    /// <summary>The id.</summary>
    public override string ToString()
    {
        Span<byte> id = stackalloc byte[MaxIdLength];
        return Encoding.ASCII.GetString(id[..FormatId(id)]);
    }

    private static bool SameHints(ImmutableArray<string> left, ImmutableArray<string> right) =>
        left.IsDefault == right.IsDefault && (left.IsDefault || left.AsSpan().SequenceEqual(right.AsSpan()));
}
