using System.Runtime.InteropServices;

namespace Shunt.Netlink.Xtables;

/// <summary>The counters of all entries of a table, in order. Megabytes for a large one, so they are not on the managed heap. All zeros when new.</summary>
public sealed unsafe class XtCounters : IDisposable
{
    /// <summary>Room for what stands before the counters in a call: <c>struct xt_counters_info</c>.</summary>
    internal const int HeaderLength = 40;

    private byte* _memory; // freed by hand, as that of a blob

    /// <summary>Counters of so many entries.</summary>
    public XtCounters(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        Count = count;
        _memory = (byte*)NativeMemory.AllocZeroed((nuint)HeaderLength + (nuint)count * (nuint)sizeof(XtCounter));
    }

    /// <summary>Freed by the owner, and here if he forgets.</summary>
    ~XtCounters() => Free();

    /// <summary>How many entries.</summary>
    public int Count { get; }

    /// <summary>The counters; not to be used after they were disposed of.</summary>
    public Span<XtCounter> Values => new(Start(0), Count);

    /// <inheritdoc/>
    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    /// <summary>The last bytes before the counters, and the counters.</summary>
    internal byte* Start(int header)
    {
        ObjectDisposedException.ThrowIf(_memory is null, this);
        return _memory + HeaderLength - header;
    }

    private void Free()
    {
        NativeMemory.Free(_memory);
        _memory = null;
    }
}
