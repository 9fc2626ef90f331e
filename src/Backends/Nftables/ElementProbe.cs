using System.Buffers.Binary;

namespace Shunt.Backends.Nftables;

/// <summary>Spells out set and key as <see cref="ElementRecord.Identity"/> does, to look for an element.</summary>
internal readonly ref struct ElementProbe
{
    /// <summary>The longest there is: an IPv6 client with its frontend.</summary>
    public const int MaxLength = ElementRecord.HeaderLength - 1 + 64;

    /// <param name="buffer">Room for <see cref="MaxLength"/> bytes.</param>
    /// <param name="set">The set.</param>
    /// <param name="key">The key.</param>
    public ElementProbe(Span<byte> buffer, SetId set, scoped ReadOnlySpan<byte> key)
    {
        buffer[0] = (byte)set.Kind;
        BinaryPrimitives.WriteInt32BigEndian(buffer[1..], set.Parameter);
        buffer[5] = (byte)key.Length;
        key.CopyTo(buffer[6..]);
        Identity = buffer[..(6 + key.Length)];
    }

    /// <summary>Set and key.</summary>
    public ReadOnlySpan<byte> Identity { get; }
}
