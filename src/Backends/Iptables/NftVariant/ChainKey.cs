using System.Runtime.InteropServices;

namespace Shunt.Backends.Iptables.NftVariant;

/// <summary>A chain's name without memory of its own: there are tens of thousands, and a name of ours is short.</summary>
internal readonly record struct ChainKey
{
    private const int MaxLength = 32;

    private readonly ulong _first;
    private readonly ulong _second;
    private readonly ulong _third;
    private readonly ulong _fourth;

    private ChainKey(ReadOnlySpan<ulong> words) => (_first, _second, _third, _fourth) = (words[0], words[1], words[2], words[3]);

    /// <summary>The key of a name; false for one that is too long to be ours.</summary>
    public static bool TryCreate(ReadOnlySpan<byte> name, out ChainKey key)
    {
        key = default;
        if (name.Length > MaxLength) return false;
        Span<ulong> words = stackalloc ulong[MaxLength / sizeof(ulong)];
        words.Clear();
        name.CopyTo(MemoryMarshal.AsBytes(words));
        key = new ChainKey(words);
        return true;
    }

    /// <summary>The key of a name of ours.</summary>
    public static ChainKey Of(ReadOnlySpan<byte> name) =>
        TryCreate(name, out var key) ? key : throw new ArgumentException("the name of a chain is too long", nameof(name));
}
