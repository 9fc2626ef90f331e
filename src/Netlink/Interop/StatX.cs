using System.Runtime.InteropServices;

namespace Shunt.Netlink.Interop;

/// <summary>What a file is: the parts of <c>struct statx</c> of linux/stat.h that tell one file from another. The same on every machine.</summary>
[StructLayout(LayoutKind.Explicit, Size = 256)]
internal struct StatX
{
    [FieldOffset(32)]
    public ulong Inode;

    [FieldOffset(136)]
    public uint DeviceMajor;

    [FieldOffset(140)]
    public uint DeviceMinor;
}
