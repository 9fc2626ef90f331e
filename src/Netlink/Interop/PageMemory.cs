namespace Shunt.Netlink.Interop;

/// <summary>Memory straight from the kernel, for what is large and short-lived: it is zero when it comes, and gone when it is freed.</summary>
internal static class PageMemory
{
    /// <summary>Gets memory, in large pages where there are any: touching tens of megabytes for the first time takes longer than filling them.</summary>
    /// <exception cref="NetlinkException">There is none.</exception>
    public static nint Allocate(long length)
    {
        var memory = Libc.Map(0, (nint)length, Libc.PROT_READ | Libc.PROT_WRITE, Libc.MAP_PRIVATE | Libc.MAP_ANONYMOUS, -1, 0);
        if (memory == Libc.MAP_FAILED) throw new NetlinkException("get memory for a table", Libc.LastError);
        _ = Libc.Advise(memory, (nint)length, Libc.MADV_HUGEPAGE); // only advice
        return memory;
    }

    /// <summary>Gives memory back.</summary>
    public static void Free(nint memory, long length) => _ = Libc.Unmap(memory, (nint)length);
}
