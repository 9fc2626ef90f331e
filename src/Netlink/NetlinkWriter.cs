using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using Shunt.Netlink.Interop;

namespace Shunt.Netlink;

/// <summary>
/// Writes netlink messages into a buffer of the caller's. Headers and lengths are in host order, as the kernel wants them; the byte
/// order of a payload is in the name of the method. Every message and every attribute starts at a multiple of four bytes.
/// </summary>
/// <param name="buffer">Where to write; a message that does not fit is an <see cref="InvalidOperationException"/>.</param>
public ref struct NetlinkWriter(Span<byte> buffer)
{
    private const ushort NLA_F_NESTED = 0x8000;

    private readonly Span<byte> _buffer = buffer;
    private int _length;

    /// <summary>What has been written, padding included.</summary>
    public readonly ReadOnlySpan<byte> Written => _buffer[.._length];

    /// <summary>Starts a message; what follows is its payload until <see cref="EndMessage"/>.</summary>
    /// <returns>The token to end it with.</returns>
    public int BeginMessage(ushort type, NetlinkFlags flags, uint sequence)
    {
        var token = _length;
        var header = new MessageHeader { Type = type, Flags = (ushort)flags, Sequence = sequence };
        MemoryMarshal.Write(Reserve(MessageHeader.Size), in header);
        return token;
    }

    /// <summary>Ends the message by writing its length into its header.</summary>
    public readonly void EndMessage(int token) => MemoryMarshal.Write(_buffer[token..], (uint)(_length - token));

    /// <summary>The header every nfnetlink message starts its payload with: <c>struct nfgenmsg</c>.</summary>
    /// <param name="family">The address family, or 0 where it has no meaning.</param>
    /// <param name="resourceId">Meaning depends on the subsystem; 0 for most.</param>
    public void AddNetfilterHeader(byte family, ushort resourceId)
    {
        var header = Reserve(4);
        header[0] = family;
        header[1] = 0; // NFNETLINK_V0, the only version there ever was
        BinaryPrimitives.WriteUInt16BigEndian(header[2..], resourceId);
    }

    /// <summary>The header of a subsystem that has its own: raw bytes, before any attribute.</summary>
    public void AddHeader(scoped ReadOnlySpan<byte> header) => header.CopyTo(Reserve(header.Length));

    /// <summary>Starts an attribute that holds attributes.</summary>
    /// <returns>The token to end it with.</returns>
    public int BeginNested(ushort type)
    {
        var token = _length;
        WriteAttributeHeader((ushort)(type | NLA_F_NESTED), 0);
        return token;
    }

    /// <summary>Ends a nested attribute by writing its length into its header.</summary>
    public readonly void EndNested(int token)
    {
        var length = _length - token;
        if (length > ushort.MaxValue) ThrowHelper.AttributeTooLong();
        MemoryMarshal.Write(_buffer[token..], (ushort)length);
    }

    /// <summary>An attribute of raw bytes.</summary>
    public void AddBytes(ushort type, scoped ReadOnlySpan<byte> value)
    {
        WriteAttributeHeader(type, value.Length);
        value.CopyTo(Reserve(value.Length));
    }

    /// <summary>An attribute with a text, zero-terminated.</summary>
    public void AddString(ushort type, string value)
    {
        var length = Encoding.UTF8.GetByteCount(value) + 1;
        WriteAttributeHeader(type, length);
        var text = Reserve(length);
        Encoding.UTF8.GetBytes(value, text);
        text[length - 1] = 0;
    }

    /// <summary>An attribute with a text that is in UTF-8 already, zero-terminated.</summary>
    public void AddText(ushort type, scoped ReadOnlySpan<byte> value)
    {
        WriteAttributeHeader(type, value.Length + 1);
        var text = Reserve(value.Length + 1);
        value.CopyTo(text);
        text[value.Length] = 0;
    }

    /// <summary>An attribute of one byte.</summary>
    public void AddByte(ushort type, byte value) => AddBytes(type, [value]);

    /// <summary>An attribute with a 16-bit number in network order.</summary>
    public void AddUInt16BigEndian(ushort type, ushort value)
    {
        WriteAttributeHeader(type, sizeof(ushort));
        BinaryPrimitives.WriteUInt16BigEndian(Reserve(sizeof(ushort)), value);
    }

    /// <summary>An attribute with a 32-bit number in host order.</summary>
    public void AddUInt32(ushort type, uint value)
    {
        WriteAttributeHeader(type, sizeof(uint));
        MemoryMarshal.Write(Reserve(sizeof(uint)), in value);
    }

    /// <summary>An attribute with a 32-bit number in network order, as nfnetlink has them.</summary>
    public void AddUInt32BigEndian(ushort type, uint value)
    {
        WriteAttributeHeader(type, sizeof(uint));
        BinaryPrimitives.WriteUInt32BigEndian(Reserve(sizeof(uint)), value);
    }

    /// <summary>An attribute with a 64-bit number in network order.</summary>
    public void AddUInt64BigEndian(ushort type, ulong value)
    {
        WriteAttributeHeader(type, sizeof(ulong));
        BinaryPrimitives.WriteUInt64BigEndian(Reserve(sizeof(ulong)), value);
    }

    private void WriteAttributeHeader(ushort type, int payloadLength)
    {
        var length = AttributeHeader.Size + payloadLength;
        if (length > ushort.MaxValue) ThrowHelper.AttributeTooLong();
        var header = new AttributeHeader { Length = (ushort)length, Type = type };
        MemoryMarshal.Write(Reserve(AttributeHeader.Size), in header);
    }

    /// <summary>The next bytes of the buffer; the padding after them is cleared, because the buffer may have been used before.</summary>
    private Span<byte> Reserve(int length)
    {
        var end = NetlinkAlignment.Up(_length + length);
        if (end > _buffer.Length) ThrowHelper.BufferTooSmall();
        var reserved = _buffer[_length..end];
        reserved[length..].Clear();
        _length = end;
        return reserved[..length];
    }
}
