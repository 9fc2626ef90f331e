using System.Runtime.InteropServices;

namespace Shunt.Netlink.Xtables;

/// <summary>What one entry has seen: <c>struct xt_counters</c> of linux/netfilter/x_tables.h.</summary>
/// <param name="Packets">How many packets.</param>
/// <param name="Bytes">How many bytes they had.</param>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct XtCounter(ulong Packets, ulong Bytes);
