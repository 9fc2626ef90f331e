using System.Runtime.InteropServices;

namespace Shunt.Netlink.Interop;

/// <summary>
/// Memory straight from the kernel, for what is large and short-lived: it is zero when it comes, and gone when it is freed. In large pages where
/// there are any, because touching tens of megabytes for the first time takes longer than filling them.
/// </summary>
internal sealed unsafe class PageMemory : SafeHandle
{
    private readonly nint _length;

    /// <summary>Gets memory.</summary>
    /// <exception cref="NetlinkException">There is none.</exception>
    public PageMemory(long length)
        : base(Libc.MAP_FAILED, ownsHandle: true)
    {
        _length = (nint)length;
        SetHandle(Libc.Map(0, _length, Libc.PROT_READ | Libc.PROT_WRITE, Libc.MAP_PRIVATE | Libc.MAP_ANONYMOUS, -1, 0));
        if (IsInvalid) throw new NetlinkException("get memory for a table", Libc.LastError);
        _ = Libc.Advise(handle, _length, Libc.MADV_HUGEPAGE); // only advice
    }

    /// <inheritdoc/>
    public override bool IsInvalid => handle == Libc.MAP_FAILED;

    /// <summary>Where it begins.</summary>
    public byte* Start
    {
        get
        {
            ObjectDisposedException.ThrowIf(IsClosed, this);
            return (byte*)handle;
        }
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle() => Libc.Unmap(handle, _length) == 0;
}
