using System.Runtime.InteropServices;

namespace Shunt.Netlink.Interop;

/// <summary>A duration as SO_RCVTIMEO takes it: <c>struct timeval</c> of a 64-bit libc.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct TimeVal(TimeSpan duration)
{
    public nint Seconds = (nint)(duration.Ticks / TimeSpan.TicksPerSecond);
    public nint Microseconds = (nint)(duration.Ticks % TimeSpan.TicksPerSecond / TimeSpan.TicksPerMicrosecond);
}
