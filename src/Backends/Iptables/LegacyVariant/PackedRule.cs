using System.Runtime.InteropServices;

namespace Shunt.Backends.Iptables.LegacyVariant;

/// <summary>
/// An entry without its zeros, of which it mainly consists: the length packed and the length of the entry, two bytes each; where it leads, four
/// bytes; then runs, each of a number of zeros, a number of other bytes, and those. What is not of the rule itself (counters, the kernel's own
/// notes, the offset it jumps to) is left out, so rules that are the same are the same bytes.
/// </summary>
internal static class PackedRule
{
    private const int Header = 8;
    private const int MaxRun = byte.MaxValue;

    /// <summary>The longest that an entry of a length can get.</summary>
    public static int MaxLength(int entry) => Header + entry + 2 * (entry / MaxRun + 2);

    public static int Length(ReadOnlySpan<byte> packed) => MemoryMarshal.Read<ushort>(packed);

    public static int EntryLength(ReadOnlySpan<byte> packed) => MemoryMarshal.Read<ushort>(packed[2..]);

    public static int JumpOf(ReadOnlySpan<byte> packed) => MemoryMarshal.Read<int>(packed[4..]);

    /// <summary>Packs an entry, in which what is left out is zero already.</summary>
    /// <returns>The length packed.</returns>
    public static int Pack(ReadOnlySpan<byte> entry, int jump, Span<byte> packed)
    {
        var at = Header;
        for (var rest = entry; rest.IndexOfAnyExcept((byte)0) is var zeros and >= 0;)
        {
            rest = rest[zeros..];
            for (; zeros > MaxRun; zeros -= MaxRun) at += WriteRun(MaxRun, [], packed[at..]);

            // Fewer zeros than three are not worth a new run.
            var end = rest.IndexOf("\0\0\0"u8);
            var run = rest[..Math.Min(MaxRun, end < 0 ? rest.Length : end)];
            at += WriteRun(zeros, run, packed[at..]);
            rest = rest[run.Length..];
        }

        MemoryMarshal.Write(packed, (ushort)at);
        MemoryMarshal.Write(packed[2..], (ushort)entry.Length);
        MemoryMarshal.Write(packed[4..], jump);
        return at;
    }

    /// <summary>Writes the entry.</summary>
    /// <param name="packed">A packed rule.</param>
    /// <param name="entry">Gets it; zeros so far.</param>
    public static void Unpack(ReadOnlySpan<byte> packed, Span<byte> entry)
    {
        var runs = packed[Header..Length(packed)];
        var at = 0;
        while (!runs.IsEmpty)
        {
            var run = runs.Slice(2, runs[1]);
            at += runs[0];
            run.CopyTo(entry[at..]);
            at += run.Length;
            runs = runs[(2 + run.Length)..];
        }
    }

    private static int WriteRun(int zeros, ReadOnlySpan<byte> run, Span<byte> packed)
    {
        packed[0] = (byte)zeros;
        packed[1] = (byte)run.Length;
        run.CopyTo(packed[2..]);
        return 2 + run.Length;
    }
}
