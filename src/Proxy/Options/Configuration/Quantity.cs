using System.Globalization;

namespace Shunt.Proxy.Options.Configuration;

/// <summary>Numbers of bytes as Kubernetes writes them: <c>512</c>, <c>64Ki</c>, <c>1.5M</c>, <c>2e3</c>.</summary>
internal static class Quantity
{
    private static readonly (string Suffix, decimal Factor)[] Suffixes =
    [
        ("Ki", 1L << 10), ("Mi", 1L << 20), ("Gi", 1L << 30), ("Ti", 1L << 40), ("Pi", 1L << 50), ("Ei", 1L << 60),
        ("n", 1e-9m), ("u", 1e-6m), ("m", 1e-3m), ("k", 1e3m), ("M", 1e6m), ("G", 1e9m), ("T", 1e12m), ("P", 1e15m), ("E", 1e18m),
    ];

    /// <summary>Reads a quantity; a part of a byte counts as a whole one.</summary>
    public static bool TryParse(string text, out long value)
    {
        value = 0;
        var factor = 1m;
        var number = text;
        foreach (var (suffix, size) in Suffixes)
        {
            if (!text.EndsWith(suffix, StringComparison.Ordinal)) continue;
            factor = size;
            number = text[..^suffix.Length];
            break;
        }

        const NumberStyles style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        if (!decimal.TryParse(number, style, CultureInfo.InvariantCulture, out var parsed)) return false;
        if (Math.Abs(parsed) > long.MaxValue / factor) return false;
        value = (long)Math.Ceiling(parsed * factor);
        return true;
    }
}
