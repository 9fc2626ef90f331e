namespace Shunt.Backends.Iptables;

/// <summary>
/// Keeps the text of many blocks in few large arrays. A program of ten thousand Services is tens of megabytes that live for long: in arrays
/// of their own, the garbage collector would copy each of them twice before it left them alone.
/// </summary>
internal sealed class RuleStore
{
    private const int ChunkSize = 256 * 1024;

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
