using System.Runtime.InteropServices;

namespace Shunt.Netlink.Interop;

/// <summary><c>struct nlmsghdr</c> of linux/netlink.h, all in host order.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct MessageHeader
{
    public const int Size = 16;
    public const int FlagsOffset = 6;

    public uint Length;
    public ushort Type;
    public ushort Flags;
    public uint Sequence;
    public uint PortId;
}
