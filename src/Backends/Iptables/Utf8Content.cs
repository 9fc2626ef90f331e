using System.Runtime.InteropServices;

namespace Shunt.Backends.Iptables;

/// <summary>Compares slices of text by what they say, so that rules and chain names can be keys without becoming strings.</summary>
internal sealed class Utf8Content : IEqualityComparer<ReadOnlyMemory<byte>>
{
    public static Utf8Content Comparer { get; } = new();

    public bool Equals(ReadOnlyMemory<byte> x, ReadOnlyMemory<byte> y) => x.Span.SequenceEqual(y.Span);

    public int GetHashCode(ReadOnlyMemory<byte> obj) => Hash(obj.Span);

    /// <summary>The same for text that is nowhere to stay.</summary>
    public static int Hash(ReadOnlySpan<byte> text)
    {
        var rest = text;
        var hash = (ulong)rest.Length;
        while (rest.Length >= sizeof(ulong))
        {
            hash = Mix(hash ^ MemoryMarshal.Read<ulong>(rest));
            rest = rest[sizeof(ulong)..];
        }

        foreach (var value in rest) hash = Mix(hash ^ value);
        return (int)(hash >> 32);
    }

    private static ulong Mix(ulong value) => (value ^ value >> 29) * 0x9E37_79B9_7F4A_7C15;
}
