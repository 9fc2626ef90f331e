namespace Shunt.Backends.Iptables;

/// <summary>
/// Keeps the text of many blocks in few arrays: a program of ten thousand Services is tens of megabytes that live for long, and the garbage
/// collector has hundreds of objects to look after instead of ten thousands. Small enough not to count as large objects, which are
/// collected with everything else only.
/// </summary>
internal sealed class RuleStore
{
    private const int ChunkSize = 64 * 1024;

    private byte[] _chunk = [];
    private int _used;

    /// <summary>A lasting copy.</summary>
    public ReadOnlyMemory<byte> Add(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty) return default;
        if (_chunk.Length - _used < text.Length)
        {
            _chunk = GC.AllocateUninitializedArray<byte>(Math.Max(ChunkSize, text.Length));
            _used = 0;
        }

        var copy = _chunk.AsMemory(_used, text.Length);
        text.CopyTo(copy.Span);
        _used += text.Length;
        return copy;
    }
}
