using System.Globalization;

namespace Shunt.Proxy.Metrics.Exposition;

/// <summary>
/// Writes numbers as kube-proxy's pages do: the fewest digits that give the number back, with an exponent below 1e-4 and from 1e+06
/// (Go's <c>strconv.AppendFloat</c> with <c>'g'</c> and precision -1).
/// </summary>
internal static class GoNumber
{
    /// <summary>The most bytes a number takes.</summary>
    public const int MaxLength = 32;

    private const int LargestPlainExponent = 5;
    private const int SmallestPlainExponent = -4;

    /// <summary>Writes a number.</summary>
    /// <param name="value">The number.</param>
    /// <param name="destination">Takes up to <see cref="MaxLength"/> bytes.</param>
    /// <returns>The number of bytes written.</returns>
    public static int Format(double value, Span<byte> destination)
    {
        if (double.IsNaN(value)) return Copy("NaN"u8, destination);
        if (double.IsInfinity(value)) return Copy(value > 0 ? "+Inf"u8 : "-Inf"u8, destination);
        if (value == 0) return Copy(double.IsNegative(value) ? "-0"u8 : "0"u8, destination);

        Span<byte> digits = stackalloc byte[MaxLength];
        var at = 0;
        if (value < 0) destination[at++] = (byte)'-';
        var (count, exponent) = Digits(Math.Abs(value), digits);
        return at + Write(digits[..count], exponent, destination[at..]);
    }

    /// <summary>Writes a number for OpenMetrics, where one that looks like an integer gets a fraction.</summary>
    /// <param name="value">The number.</param>
    /// <param name="destination">Takes up to <see cref="MaxLength"/> bytes.</param>
    /// <returns>The number of bytes written.</returns>
    public static int FormatOpenMetrics(double value, Span<byte> destination)
    {
        var length = Format(value, destination);
        if (!double.IsFinite(value) || destination[..length].ContainsAny((byte)'e', (byte)'.')) return length;
        destination[length++] = (byte)'.';
        destination[length++] = (byte)'0';
        return length;
    }

    private static int Copy(ReadOnlySpan<byte> text, Span<byte> destination)
    {
        text.CopyTo(destination);
        return text.Length;
    }

    /// <summary>The significant digits of a positive number, and the exponent of the first of them.</summary>
    private static (int Count, int Exponent) Digits(double value, Span<byte> digits)
    {
        // E16 would not be the shortest; the default is, in one of two notations.
        Span<byte> text = stackalloc byte[MaxLength];
        value.TryFormat(text, out var length, default, CultureInfo.InvariantCulture);
        text = text[..length];
        var exponent = 0;
        var e = text.IndexOf((byte)'E');
        if (e >= 0)
        {
            exponent = int.Parse(text[(e + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
            text = text[..e];
        }

        var point = text.IndexOf((byte)'.');
        var count = 0;
        var first = -1;
        for (var i = 0; i < text.Length; i++)
        {
            if (i == point) continue;
            if (first < 0 && text[i] == (byte)'0') continue;
            if (first < 0) first = i;
            digits[count++] = text[i];
        }

        while (digits[count - 1] == (byte)'0') count--;
        if (point < 0) point = text.Length;
        return (count, exponent + (first < point ? point - first - 1 : point - first));
    }

    private static int Write(ReadOnlySpan<byte> digits, int exponent, Span<byte> to)
    {
        if (exponent is < SmallestPlainExponent or > LargestPlainExponent) return WriteWithExponent(digits, exponent, to);

        var at = 0;
        if (exponent < 0)
        {
            to[at++] = (byte)'0';
            to[at++] = (byte)'.';
            for (var zeros = exponent + 1; zeros < 0; zeros++) to[at++] = (byte)'0';
            return at + Copy(digits, to[at..]);
        }

        for (var i = 0; i <= exponent || i < digits.Length; i++)
        {
            if (i == exponent + 1) to[at++] = (byte)'.';
            to[at++] = i < digits.Length ? digits[i] : (byte)'0';
        }

        return at;
    }

    private static int WriteWithExponent(ReadOnlySpan<byte> digits, int exponent, Span<byte> to)
    {
        var at = 0;
        to[at++] = digits[0];
        if (digits.Length > 1)
        {
            to[at++] = (byte)'.';
            at += Copy(digits[1..], to[at..]);
        }

        to[at++] = (byte)'e';
        to[at++] = exponent < 0 ? (byte)'-' : (byte)'+';
        Math.Abs(exponent).TryFormat(to[at..], out var length, "00", CultureInfo.InvariantCulture);
        return at + length;
    }
}
