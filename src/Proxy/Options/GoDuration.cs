using System.Buffers;
using System.Globalization;
using System.Text;

namespace Shunt.Proxy.Options;

/// <summary>Durations as Kubernetes writes them: <c>1h2m3s</c>, <c>100ms</c>, <c>1.5s</c>. Finer than 100 ns is cut off.</summary>
internal static class GoDuration
{
    private static readonly (string Unit, decimal Ticks)[] Units =
    [
        ("ns", 0.01m), ("us", 10m), ("\u00B5s", 10m), ("\u03BCs", 10m), ("ms", TimeSpan.TicksPerMillisecond),
        ("s", TimeSpan.TicksPerSecond), ("m", TimeSpan.TicksPerMinute), ("h", TimeSpan.TicksPerHour),
    ];

    private static readonly SearchValues<char> NumberCharacters = SearchValues.Create("0123456789.");

    // What 64 bits of nanoseconds can say; more is refused wherever such a duration is read.
    private const decimal MaxTicks = long.MaxValue / 100;

    /// <summary>Reads a duration: one or more decimal numbers, each with its unit, or a bare 0; the sign may be in front.</summary>
    /// <param name="text">The text.</param>
    /// <param name="value">The duration.</param>
    /// <param name="problem">What is wrong, as a phrase ("has no unit after 10"); empty when nothing is.</param>
    public static bool TryParse(ReadOnlySpan<char> text, out TimeSpan value, out string problem)
    {
        value = default;
        problem = "";
        var rest = text;
        var negative = rest.StartsWith("-", StringComparison.Ordinal);
        if (negative || rest.StartsWith("+", StringComparison.Ordinal)) rest = rest[1..];
        if (rest is "0") return true;
        if (rest.IsEmpty) problem = "is not a duration (like 30s, 100ms or 1h5m)";

        var ticks = 0m;
        while (!rest.IsEmpty && problem.Length == 0)
        {
            ticks += ReadPart(ref rest, out problem);
            if (ticks > MaxTicks && problem.Length == 0) problem = "is too long a duration";
        }

        if (problem.Length != 0) return false;
        value = TimeSpan.FromTicks((long)(negative ? -ticks : ticks));
        return true;
    }

    /// <summary>Writes a duration in its canonical form: <c>1h0m0s</c>, <c>1m30s</c>, <c>1.5s</c>, <c>100ms</c>, <c>0s</c>.</summary>
    public static string Format(TimeSpan value)
    {
        if (value == TimeSpan.Zero) return "0s";
        var ticks = (decimal)value.Ticks;
        var text = new StringBuilder();
        if (ticks < 0) text.Append('-');
        ticks = Math.Abs(ticks);
        if (ticks < TimeSpan.TicksPerSecond) return text.Append(Fraction(ticks)).ToString();

        var hours = (long)(ticks / TimeSpan.TicksPerHour);
        var minutes = (long)(ticks / TimeSpan.TicksPerMinute) % 60;
        if (hours > 0) text.Append(CultureInfo.InvariantCulture, $"{hours}h");
        if (hours > 0 || minutes > 0) text.Append(CultureInfo.InvariantCulture, $"{minutes}m");
        return text.Append(Number(ticks % TimeSpan.TicksPerMinute / TimeSpan.TicksPerSecond)).Append('s').ToString();
    }

    private static string Fraction(decimal ticks) =>
        ticks >= TimeSpan.TicksPerMillisecond ? Number(ticks / TimeSpan.TicksPerMillisecond) + "ms"
        : ticks >= 10 ? Number(ticks / 10) + "\u00B5s"
        : Number(ticks * 100) + "ns";

    private static string Number(decimal number) => number.ToString("0.#########", CultureInfo.InvariantCulture);

    private static decimal ReadPart(ref ReadOnlySpan<char> rest, out string problem)
    {
        problem = "";
        var digits = rest.IndexOfAnyExcept(NumberCharacters);
        if (digits < 0) digits = rest.Length;
        var isNumber = decimal.TryParse(rest[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number);
        if (!isNumber)
        {
            problem = digits > 20 ? "is too long a duration" : "is not a duration (like 30s, 100ms or 1h5m)";
            return 0;
        }

        var written = rest[..digits];
        rest = rest[digits..];
        var letters = rest.IndexOfAny(NumberCharacters);
        var unit = letters < 0 ? rest : rest[..letters];
        rest = rest[unit.Length..];
        foreach (var (name, ticks) in Units)
        {
            if (!unit.SequenceEqual(name)) continue;
            if (number <= MaxTicks) return number * ticks;
            problem = "is too long a duration";
            return 0;
        }

        problem = unit.IsEmpty
            ? $"has no unit after {written} (like {written}s)"
            : $"has the unknown unit \"{unit}\" (known are ns, us, ms, s, m, h)";
        return 0;
    }
}
