using Shunt.Netlink.Interop;

namespace Shunt.Netlink.Xtables;

/// <summary>The counters of all entries of a table, in order. Megabytes for a large one, so they are not on the managed heap. All zeros when new.</summary>
public sealed unsafe class XtCounters : IDisposable
{
    /// <summary>Room for what stands before the counters in a call: <c>struct xt_counters_info</c>.</summary>
    internal const int HeaderLength = 40;

    private readonly PageMemory _memory;

    /// <summary>Counters of so many entries.</summary>
    public XtCounters(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        Count = count;
        _memory = new PageMemory(HeaderLength + (long)count * sizeof(XtCounter));
    }

    /// <summary>How many entries.</summary>
    public int Count { get; }

    /// <summary>The counters; not to be used after they were disposed of.</summary>
    public Span<XtCounter> Values => new(Start(0), Count);

    /// <inheritdoc/>
    public void Dispose() => _memory.Dispose();

    /// <summary>The last bytes before the counters, and the counters.</summary>
    internal byte* Start(int header) => _memory.Start + HeaderLength - header;
}
