namespace Shunt.Proxy.Sources.Manifests;

/// <summary>Turns offsets into line numbers; cheap when they are asked for in order.</summary>
internal sealed class LineCounter(ReadOnlyMemory<byte> content)
{
    private long _offset;
    private int _line = 1;

    /// <summary>The line, from 1, that the offset is on.</summary>
    /// <param name="offset">Of a byte.</param>
    /// <param name="item">Not used: the offset says it all.</param>
    public int LineOf(long offset, int item)
    {
        if (offset < _offset) (_offset, _line) = (0, 1);
        _line += content.Span[(int)_offset..(int)offset].Count((byte)'\n');
        _offset = offset;
        return _line;
    }
}
