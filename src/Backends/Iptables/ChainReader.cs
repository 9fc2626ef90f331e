namespace Shunt.Backends.Iptables;

/// <summary>Goes through rules chain by chain: each step is a run of lines of the same chain.</summary>
internal struct ChainReader(ReadOnlyMemory<byte> rules)
{
    private ReadOnlyMemory<byte> _rest = rules;

    /// <summary>The chain read last.</summary>
    public ReadOnlyMemory<byte> Chain { get; private set; }

    /// <summary>Its rules: whole lines, newlines and all.</summary>
    public ReadOnlyMemory<byte> Rules { get; private set; }

    /// <summary>Reads the next chain; false at the end.</summary>
    public bool MoveNext()
    {
        if (_rest.IsEmpty) return false;
        var span = _rest.Span;
        var name = RuleLine.Chain(span[..EndOfLine(span)]);
        var head = 3 + name.Length;
        var end = EndOfLine(span) + 1;
        while (end < span.Length && IsOf(span[end..], span[..head])) end += EndOfLine(span[end..]) + 1;
        Chain = _rest.Slice(3, name.Length);
        Rules = _rest[..end];
        _rest = _rest[end..];
        return true;
    }

    private static bool IsOf(ReadOnlySpan<byte> line, ReadOnlySpan<byte> head) =>
        line.StartsWith(head) && line.Length > head.Length && line[head.Length] is (byte)' ' or (byte)'\n';

    private static int EndOfLine(ReadOnlySpan<byte> text) => text.IndexOf((byte)'\n');
}
