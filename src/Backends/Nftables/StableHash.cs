namespace Shunt.Backends.Nftables;

/// <summary>A hash (FNV-1a) that is the same in every process, unlike .NET's: what is numbered by it has its number again after a restart.</summary>
internal static class StableHash
{
    private const ulong Offset = 14695981039346656037;
    private const ulong Prime = 1099511628211;

    /// <summary>The hash of bytes.</summary>
    public static ulong Of(ReadOnlySpan<byte> bytes, ulong before = Offset)
    {
        foreach (var b in bytes) before = (before ^ b) * Prime;
        return Mix(before);
    }

    /// <summary>The hash of text.</summary>
    public static ulong Of(ReadOnlySpan<char> text, ulong before = Offset)
    {
        foreach (var c in text) before = (before ^ c) * Prime;
        return Mix(before);
    }

    /// <summary>Spreads the differences, which are in the upper bits, over all.</summary>
    private static ulong Mix(ulong hash) => hash ^ hash >> 32;
}
