using System.Runtime.InteropServices;

namespace Shunt.Netlink.Interop;

/// <summary><c>struct nlattr</c> of linux/netlink.h, in host order; the length counts the header but not the padding behind.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct AttributeHeader
{
    public const int Size = 4;

    public ushort Length;
    public ushort Type;
}
