using System.Runtime.InteropServices;

namespace Shunt.Netlink.Interop;

/// <summary>A netlink address: <c>struct sockaddr_nl</c> of linux/netlink.h. Port 0 is the kernel, or "choose one for me" in a bind.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct SockAddrNetlink
{
    public ushort Family;
    public ushort Padding;
    public uint PortId;
    public uint Groups;

    public static readonly SockAddrNetlink Kernel = new() { Family = Libc.AF_NETLINK };
}
