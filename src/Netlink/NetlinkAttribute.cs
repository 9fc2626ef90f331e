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

    /// <summary>The value as a 64-bit number in network order.</summary>
    public ulong AsUInt64BigEndian() => BinaryPrimitives.ReadUInt64BigEndian(Value);
}
