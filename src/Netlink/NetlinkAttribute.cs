using System.Buffers.Binary;
using System.Text;

namespace Shunt.Netlink;

/// <summary>One attribute as it was received; it is valid as long as the buffer it lies in.</summary>
public readonly ref struct NetlinkAttribute
{
    internal NetlinkAttribute(ushort type, ReadOnlySpan<byte> value)
    {
        Type = type;
        Value = value;
    }

    /// <summary>Which attribute it is; the meaning depends on the message.</summary>
    public ushort Type { get; }

    /// <summary>The value without header and padding.</summary>
    public ReadOnlySpan<byte> Value { get; }

    /// <summary>The attributes inside this one.</summary>
    public NetlinkAttributes Nested => new(Value);

    /// <summary>The value as text; a terminating zero is not part of it.</summary>
    public string AsString() => Encoding.UTF8.GetString(Value.TrimEnd((byte)0));

    /// <summary>The value as one byte.</summary>
    /// <exception cref="InvalidDataException">It is empty.</exception>
    public byte AsByte() => Of(sizeof(byte))[0];

    /// <summary>The value as a 16-bit number in network order.</summary>
    /// <exception cref="InvalidDataException">It is shorter.</exception>
    public ushort AsUInt16BigEndian() => BinaryPrimitives.ReadUInt16BigEndian(Of(sizeof(ushort)));

    /// <summary>The value as a 32-bit number in network order.</summary>
    /// <exception cref="InvalidDataException">It is shorter.</exception>
    public uint AsUInt32BigEndian() => BinaryPrimitives.ReadUInt32BigEndian(Of(sizeof(uint)));

    /// <summary>The value as a 64-bit number in network order.</summary>
    /// <exception cref="InvalidDataException">It is shorter.</exception>
    public ulong AsUInt64BigEndian() => BinaryPrimitives.ReadUInt64BigEndian(Of(sizeof(ulong)));

    private ReadOnlySpan<byte> Of(int length)
    {
        if (Value.Length < length) ThrowHelper.Malformed("an attribute is too short for its number");
        return Value;
    }
}
