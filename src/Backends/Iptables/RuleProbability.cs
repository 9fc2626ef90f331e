using System.Globalization;
using System.Text;

namespace Shunt.Backends.Iptables;

/// <summary>One in n as iptables-save prints it.</summary>
internal static class RuleProbability
{
    /// <summary>The scale of the kernel's probability: a 31-bit fraction (xt_statistic.h).</summary>
    private const double Scale = 0x8000_0000u;

    private static readonly byte[][] Cache = CreateCache(128);

    /// <summary>
    /// kube-proxy asks for 1/n with ten decimals; the kernel keeps the nearest multiple of 2^-31 and iptables-save prints that with eleven.
    /// </summary>
    public static ReadOnlySpan<byte> Text(int n) => n < Cache.Length ? Cache[n] : Compute(n);

    /// <summary>The multiple of 2^-31 that a text means.</summary>
    public static uint Parse(ReadOnlySpan<byte> text) =>
        (uint)Math.Round(double.Parse(text, CultureInfo.InvariantCulture) * Scale, MidpointRounding.AwayFromZero);

    /// <summary>Writes the text of a multiple of 2^-31.</summary>
    public static void Write(uint kept, RuleWriter output)
    {
        Span<byte> text = stackalloc byte[16];
        (kept / Scale).TryFormat(text, out var written, "F11", CultureInfo.InvariantCulture);
        output.Raw(text[..written]);
    }

    private static byte[] Compute(int n)
    {
        var asked = double.Parse((1.0 / n).ToString("F10", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        var kept = Math.Round(asked * Scale, MidpointRounding.AwayFromZero);
        return Encoding.ASCII.GetBytes((kept / Scale).ToString("F11", CultureInfo.InvariantCulture));
    }

    private static byte[][] CreateCache(int size)
    {
        var cache = new byte[size][];
        cache[0] = [];
        for (var n = 1; n < size; n++) cache[n] = Compute(n);
        return cache;
    }
}
