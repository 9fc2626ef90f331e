using System.Runtime.InteropServices;
using System.Text;

namespace Shunt.Proxy.Sources.Decoding;

/// <summary>
/// Gives the same string object for the same ASCII text, most of the time: namespaces, port names, node names and zones repeat thousands
/// of times. Bounded: a newcomer takes the place of whatever had its slot.
/// </summary>
internal sealed class Utf8StringCache
{
    private const int MaxCachedLength = 64;
    private readonly string?[] _slots = new string?[1024];

    /// <summary>The text as a string.</summary>
    /// <param name="utf8">Valid UTF-8.</param>
    public string Get(ReadOnlySpan<byte> utf8)
    {
        if (utf8.IsEmpty) return "";
        if (utf8.Length > MaxCachedLength) return Encoding.UTF8.GetString(utf8);
        ref var slot = ref _slots[Hash(utf8) & (uint)(_slots.Length - 1)];
        if (slot is not null && Ascii.Equals(utf8, slot)) return slot;
        return slot = Encoding.UTF8.GetString(utf8);
    }

    private static uint Hash(ReadOnlySpan<byte> utf8)
    {
        const ulong Multiplier = 0x9E3779B97F4A7C15;
        var hash = (ulong)utf8.Length;
        while (utf8.Length >= sizeof(ulong))
        {
            hash = (hash ^ MemoryMarshal.Read<ulong>(utf8)) * Multiplier;
            hash ^= hash >> 32;
            utf8 = utf8[sizeof(ulong)..];
        }

        foreach (var b in utf8) hash = (hash ^ b) * Multiplier;
        return (uint)(hash >> 40);
    }
}
