using Shunt.Netlink.Interop;

namespace Shunt.Netlink.Xtables;

/// <summary>
/// The entries of a table, as the kernel has them. Tens of megabytes for a large one, so they are not on the managed heap; to be disposed of
/// when they have been read or written. All zeros when new.
/// </summary>
public sealed unsafe class XtBlob : IDisposable
{
    /// <summary>Room for what stands before the entries in a call, so that they need not be copied: <c>struct ipt_replace</c>, the longer.</summary>
    internal const int HeaderLength = 96;

    private byte* _memory; // freed by hand: the garbage collector would not see how large it is

    /// <summary>Entries of so many bytes.</summary>
    public XtBlob(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        Length = length;
        _memory = (byte*)PageMemory.Allocate(HeaderLength + length);
    }

    /// <summary>Freed by the owner, and here if he forgets.</summary>
    ~XtBlob() => Free();

    /// <summary>How many bytes the entries are.</summary>
    public int Length { get; }

    /// <summary>The entries; not to be used after the blob was disposed of.</summary>
    public Span<byte> Entries => new(Start(0), Length);

    /// <inheritdoc/>
    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    /// <summary>The last bytes before the entries, and the entries.</summary>
    internal byte* Start(int header)
    {
        ObjectDisposedException.ThrowIf(_memory is null, this);
        return _memory + HeaderLength - header;
    }

    private void Free()
    {
        if (_memory is not null) PageMemory.Free((nint)_memory, HeaderLength + Length);
        _memory = null;
    }
}
