using System.Runtime.InteropServices;

namespace Shunt.Netlink.Route;

/// <summary>One address of one interface as the kernel describes it; valid as long as the buffer it lies in.</summary>
public readonly ref struct InterfaceAddress
{
    // linux/if_addr.h
    private const ushort IFA_ADDRESS = 1;
    private const ushort IFA_LOCAL = 2;
    private const int HeaderSize = 8; // struct ifaddrmsg

    // bits/socket.h
    private const byte AF_INET = 2;
    private const byte AF_INET6 = 10;

    private InterfaceAddress(ReadOnlySpan<byte> header, ReadOnlySpan<byte> address)
    {
        PrefixLength = header[1];
        Index = MemoryMarshal.Read<uint>(header[4..]);
        Bytes = address;
    }

    /// <summary>The interface.</summary>
    public uint Index { get; }

    /// <summary>How many leading bits are its network.</summary>
    public byte PrefixLength { get; }

    /// <summary>This machine's end, in network order: 4 bytes or 16. (A point-to-point link has another end, which is not this machine's.)</summary>
    public ReadOnlySpan<byte> Bytes { get; }

    /// <summary>Reads a message of type RTM_NEWADDR or RTM_DELADDR; false for what is neither IPv4 nor IPv6.</summary>
    /// <exception cref="InvalidDataException">The bytes do not add up to a message.</exception>
    internal static bool TryRead(NetlinkMessage message, out InterfaceAddress address)
    {
        address = default;
        var payload = message.Payload;
        if (payload.Length < HeaderSize) ThrowHelper.Malformed("an address message is cut off");
        var length = payload[0] switch { AF_INET => 4, AF_INET6 => 16, _ => 0 };
        if (length == 0) return false;

        ReadOnlySpan<byte> local = default, other = default;
        var attributes = message.Attributes(HeaderSize);
        while (attributes.TryRead(out var attribute))
        {
            if (attribute.Type == IFA_LOCAL) local = attribute.Value;
            else if (attribute.Type == IFA_ADDRESS) other = attribute.Value;
        }

        // An IPv6 address has only IFA_ADDRESS, unless the link is point-to-point; then IFA_ADDRESS is the other end.
        var own = local.IsEmpty ? other : local;
        if (own.Length != length) return false;
        address = new InterfaceAddress(payload, own);
        return true;
    }
}
