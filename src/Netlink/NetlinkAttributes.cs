using System.Runtime.InteropServices;
using Shunt.Netlink.Interop;

namespace Shunt.Netlink;

/// <summary>Walks the attributes of a message, or those inside a nested attribute.</summary>
/// <param name="bytes">The attributes, one behind the other.</param>
public ref struct NetlinkAttributes(ReadOnlySpan<byte> bytes)
{
    // The upper two bits of the type are flags: nested, and network byte order.
    private const ushort NLA_TYPE_MASK = 0x3FFF;

    private ReadOnlySpan<byte> _rest = bytes;

    /// <summary>Moves to the next attribute; false at the end.</summary>
    /// <exception cref="InvalidDataException">The bytes do not add up to whole attributes.</exception>
    public bool TryRead(out NetlinkAttribute attribute)
    {
        attribute = default;
        if (_rest.Length < AttributeHeader.Size) return false; // what is left is padding
        var header = MemoryMarshal.Read<AttributeHeader>(_rest);
        if (header.Length < AttributeHeader.Size || header.Length > _rest.Length)
        {
            ThrowHelper.Malformed("an attribute is longer than its message");
        }

        attribute = new NetlinkAttribute((ushort)(header.Type & NLA_TYPE_MASK), _rest[AttributeHeader.Size..header.Length]);
        _rest = _rest[Math.Min(NetlinkAlignment.Up(header.Length), _rest.Length)..];
        return true;
    }
}
