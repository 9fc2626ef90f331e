namespace Shunt.Backends.Iptables;

/// <summary>Reads a rule as iptables-save prints it: <c>-A CHAIN match... -j TARGET</c>.</summary>
internal static class RuleLine
{
    private const int ChainStart = 3;

    /// <summary>The chain the rule is in.</summary>
    public static ReadOnlySpan<byte> Chain(ReadOnlySpan<byte> line)
    {
        var rest = line[ChainStart..];
        var end = rest.IndexOf((byte)' ');
        return end < 0 ? rest : rest[..end];
    }

    /// <summary>What follows the chain: all that says what the rule does. Empty for a rule that matches all and does nothing.</summary>
    public static ReadOnlySpan<byte> Specification(ReadOnlySpan<byte> line)
    {
        var start = ChainStart + Chain(line).Length + 1;
        return start >= line.Length ? [] : line[start..];
    }

    /// <summary>The same rule but for a comment that only <paramref name="present"/> has: in large clusters endpoints go uncommented.</summary>
    public static bool SameButForComment(ReadOnlySpan<byte> present, ReadOnlySpan<byte> wanted)
    {
        if (present.Length <= wanted.Length || wanted.IndexOf(" -m comment "u8) >= 0) return false;
        var start = present.IndexOf(" -m comment --comment \""u8);
        if (start < 0) return false;
        var text = present[(start + " -m comment --comment \""u8.Length)..];
        var end = text.IndexOf((byte)'"');
        if (end < 0) return false;
        return wanted.StartsWith(present[..start]) && wanted[start..].SequenceEqual(text[(end + 1)..]);
    }
}
