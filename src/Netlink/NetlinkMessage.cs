using System.Runtime.InteropServices;
using Shunt.Netlink.Interop;

namespace Shunt.Netlink;

/// <summary>One message as it was received; it is valid as long as the buffer it lies in.</summary>
public readonly ref struct NetlinkMessage
{
    // linux/netlink.h
    private const ushort NLMSG_ERROR = 2;
    private const ushort NLMSG_DONE = 3;
    private const ushort NLMSGERR_ATTR_MSG = 1;
    private const ushort NLMSGERR_ATTR_OFFS = 2;

    private readonly MessageHeader _header;

    internal NetlinkMessage(MessageHeader header, ReadOnlySpan<byte> payload)
    {
        _header = header;
        Payload = payload;
    }

    /// <summary>What kind of message it is; below 16 it is about the protocol itself.</summary>
    public ushort Type => _header.Type;

    /// <summary>The flags of the header.</summary>
    public NetlinkFlags Flags => (NetlinkFlags)_header.Flags;

    /// <summary>The sequence number of the request that it answers; 0 for an event.</summary>
    public uint Sequence => _header.Sequence;

    /// <summary>Of an event: the socket whose request it tells of; zero when the kernel does not say.</summary>
    public uint PortId => _header.PortId;

    /// <summary>Everything behind the header.</summary>
    public ReadOnlySpan<byte> Payload { get; }

    /// <summary>The last message of a dump.</summary>
    public bool IsDone => Type == NLMSG_DONE;

    /// <summary>An answer to one request: an acknowledgement, or an error; <see cref="Errno"/> says which.</summary>
    public bool IsAcknowledgement => Type == NLMSG_ERROR;

    /// <summary>The outcome that an acknowledgement or the end of a dump carries; <see cref="NetlinkErrno.None"/> when all is well.</summary>
    public NetlinkErrno Errno => Payload.Length < sizeof(int) ? NetlinkErrno.None : (NetlinkErrno)(-MemoryMarshal.Read<int>(Payload));

    /// <summary>The attributes behind <paramref name="headerLength"/> bytes of the subsystem's own header.</summary>
    public NetlinkAttributes Attributes(int headerLength) =>
        new(Payload.Length < headerLength ? default : Payload[headerLength..]);

    /// <summary>The kernel's explanation of an error (extended acknowledgement); empty when there is none.</summary>
    public string ErrorText() => TryReadExtension(NLMSGERR_ATTR_MSG, out var attribute) ? attribute.AsString() : "";

    /// <summary>How far from the start of the request the kernel found the error; zero when it does not say.</summary>
    public int ErrorOffset() => TryReadExtension(NLMSGERR_ATTR_OFFS, out var attribute) ? MemoryMarshal.Read<int>(attribute.Value) : 0;

    private bool TryReadExtension(ushort type, out NetlinkAttribute attribute)
    {
        attribute = default;

        // Behind the errno lies the header of the request, then, unless NLM_F_CAPPED says otherwise, its payload, then the attributes.
        if (!IsAcknowledgement || !Flags.HasFlag(NetlinkFlags.NLM_F_ACK_TLVS)) return false;
        var echo = MemoryMarshal.Read<MessageHeader>(Payload[sizeof(int)..]);
        var echoed = Flags.HasFlag(NetlinkFlags.NLM_F_CAPPED) ? MessageHeader.Size : NetlinkAlignment.Up((int)echo.Length);
        var attributes = Attributes(sizeof(int) + echoed);
        while (attributes.TryRead(out attribute))
        {
            if (attribute.Type == type) return true;
        }

        return false;
    }
}
