using System.Runtime.InteropServices;
using Shunt.Netlink.Interop;

namespace Shunt.Netlink;

/// <summary>Walks the messages of one datagram.</summary>
/// <param name="datagram">The bytes as they were received.</param>
public ref struct NetlinkReader(ReadOnlySpan<byte> datagram)
{
    private ReadOnlySpan<byte> _rest = datagram;

    /// <summary>Moves to the next message; false at the end.</summary>
    /// <exception cref="InvalidDataException">The bytes do not add up to whole messages.</exception>
    public bool TryRead(out NetlinkMessage message)
    {
        message = default;
        if (_rest.IsEmpty) return false;
        if (_rest.Length < MessageHeader.Size) ThrowHelper.Malformed("a message header is cut off");
        var header = MemoryMarshal.Read<MessageHeader>(_rest);
        if (header.Length < MessageHeader.Size || header.Length > (uint)_rest.Length)
        {
            ThrowHelper.Malformed("a message is longer than its datagram");
        }

        message = new NetlinkMessage(header, _rest[MessageHeader.Size..(int)header.Length]);
        _rest = _rest[Math.Min(NetlinkAlignment.Up((int)header.Length), _rest.Length)..];
        return true;
    }
}
