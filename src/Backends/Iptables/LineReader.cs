namespace Shunt.Backends.Iptables;

/// <summary>Goes through text line by line; the newline is not part of a line.</summary>
internal struct LineReader(ReadOnlyMemory<byte> text)
{
    private ReadOnlyMemory<byte> _rest = text;

    /// <summary>The line read last.</summary>
    public ReadOnlyMemory<byte> Current { get; private set; }

    /// <summary>Reads the next line; false at the end.</summary>
    public bool MoveNext()
    {
        if (_rest.IsEmpty) return false;
        var end = _rest.Span.IndexOf((byte)'\n');
        Current = end < 0 ? _rest : _rest[..end];
        _rest = end < 0 ? default : _rest[(end + 1)..];
        return true;
    }

    /// <summary>How many lines a text has.</summary>
    public static int Count(ReadOnlyMemory<byte> text)
    {
        var count = text.Span.Count((byte)'\n');
        return text.IsEmpty || text.Span[^1] == '\n' ? count : count + 1;
    }
}
