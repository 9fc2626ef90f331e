using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Shunt.Netlink.Interop;

/// <content>What x_tables and its lock take.</content>
internal static partial class Libc
{
    // bits/socket.h, netinet/in.h
    public const int AF_INET = 2;
    public const int AF_INET6 = 10;
    public const int IPPROTO_RAW = 255;
    public const int SOL_IP = 0;
    public const int SOL_IPV6 = 41;

    // linux/netfilter_ipv4/ip_tables.h; those of ip6_tables.h have the same numbers
    public const int IPT_SO_SET_REPLACE = 64;
    public const int IPT_SO_SET_ADD_COUNTERS = 65;
    public const int IPT_SO_GET_INFO = 64;
    public const int IPT_SO_GET_ENTRIES = 65;

    // fcntl.h
    public const int O_CREAT = 0x40;
    public const int AT_FDCWD = -100;
    public const int AT_EMPTY_PATH = 0x1000;

    // sys/file.h
    public const int LOCK_EX = 2;
    public const int LOCK_NB = 4;
    public const int LOCK_UN = 8;

    // sys/inotify.h
    public const int IN_NONBLOCK = 0x800;
    public const int IN_CLOEXEC = 0x80000;
    public const uint IN_CLOSE_WRITE = 0x8;
    public const uint IN_CLOSE_NOWRITE = 0x10;
    public const uint IN_OPEN = 0x20;

    // linux/stat.h
    public const uint STATX_INO = 0x100;

    [LibraryImport("libc", EntryPoint = "getsockopt", SetLastError = true)]
    public static unsafe partial int GetSockOpt(SafeSocketHandle socket, int level, int option, byte* value, ref int length);

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    public static unsafe partial int SetSockOpt(SafeSocketHandle socket, int level, int option, byte* value, int length);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial SafeFileHandle Open(string path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    public static partial int FLock(SafeFileHandle descriptor, int operation);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int StatX(int directory, string path, int flags, uint mask, out StatX found);

    [LibraryImport("libc", EntryPoint = "inotify_init1", SetLastError = true)]
    public static partial SafeFileHandle INotifyInit(int flags);

    [LibraryImport("libc", EntryPoint = "inotify_add_watch", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int INotifyAddWatch(SafeFileHandle descriptor, string path, uint mask);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(SafeFileHandle descriptor, Span<byte> buffer, nint length);
}
