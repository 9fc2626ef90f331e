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

    private readonly PageMemory _memory;

    /// <summary>Entries of so many bytes.</summary>
    public XtBlob(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        Length = length;
        _memory = new PageMemory((long)HeaderLength + length);
    }

    /// <summary>How many bytes the entries are.</summary>
    public int Length { get; }

    /// <summary>The entries; not to be used after the blob was disposed of.</summary>
    public Span<byte> Entries => new(Start(0), Length);

    /// <inheritdoc/>
    public void Dispose() => _memory.Dispose();

    /// <summary>The last bytes before the entries, and the entries.</summary>
    internal byte* Start(int header) => _memory.Start + HeaderLength - header;
}
