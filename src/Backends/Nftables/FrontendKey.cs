using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Shunt.Model;

namespace Shunt.Backends.Nftables;

/// <summary>What a packet is addressed to, as the maps are keyed.</summary>
/// <param name="Address">The address; <c>default</c> for a node port, which is at several.</param>
/// <param name="Protocol">The protocol.</param>
/// <param name="Port">The port.</param>
internal readonly record struct FrontendKey(IpAddr Address, Protocol Protocol, ushort Port)
{
    /// <summary>The longest key that begins with a frontend: an IPv6 frontend and a client.</summary>
    public const int MaxKeyLength = 64;

    /// <summary>It is a node port.</summary>
    public bool IsNodePort => !Address.IsValid;

    /// <summary>Writes it as the kernel has it: <c>ip daddr . meta l4proto . th dport</c>, or without the address.</summary>
    /// <returns>The number of bytes written.</returns>
    public int Write(Span<byte> to)
    {
        var at = Address.IsValid ? Address.WriteBytes(to) : 0;
        at += WriteProtocol(to[at..], Protocol);
        return at + WritePort(to[at..], Port);
    }

    /// <summary>Writes a protocol, padded to a register.</summary>
    public static int WriteProtocol(Span<byte> to, Protocol protocol)
    {
        to[..sizeof(uint)].Clear();
        to[0] = (byte)protocol;
        return sizeof(uint);
    }

    /// <summary>Writes a port, padded to a register.</summary>
    public static int WritePort(Span<byte> to, ushort port)
    {
        to[..sizeof(uint)].Clear();
        BinaryPrimitives.WriteUInt16BigEndian(to, port);
        return sizeof(uint);
    }

    /// <summary>Writes what does not come from a packet: it is in host order.</summary>
    public static int WriteNumber(Span<byte> to, uint value)
    {
        MemoryMarshal.Write(to, in value);
        return sizeof(uint);
    }
}
