namespace Shunt.Backends.Iptables;

/// <summary>A chain that is there, with its rules, some of which have been found to be wanted.</summary>
internal sealed class ObservedChain
{
    private readonly List<ReadOnlyMemory<byte>> _runs = new(1);
    private Dictionary<ReadOnlyMemory<byte>, int>? _untaken;
    private bool _allTaken;

    public IptablesTable Table { get; private set; }

    public ReadOnlyMemory<byte> Name { get; private set; }

    /// <summary>The chain as a whole is wanted.</summary>
    public bool IsTaken { get; set; }

    public bool IsEmpty => _runs.Count == 0;

    /// <summary>The rules of a chain that is in one piece, as every chain is that only one owner writes.</summary>
    public ReadOnlyMemory<byte> Rules => _runs.Count == 0 ? default : _runs[0];

    /// <summary>Becomes another chain, without rules.</summary>
    public void Reset(IptablesTable table, ReadOnlyMemory<byte> name)
    {
        Table = table;
        Name = name;
        IsTaken = false;
        _runs.Clear();
        _untaken = null;
        _allTaken = false;
    }

    /// <summary>Adds rules at the end: whole lines.</summary>
    public void Add(ReadOnlyMemory<byte> rules) => _runs.Add(rules);

    /// <summary>Takes everything, if these are the rules, all of them and in this order.</summary>
    public bool TryTakeAll(ReadOnlyMemory<byte> lines)
    {
        if (_untaken is not null || _runs.Count != 1 || !_runs[0].Span.SequenceEqual(lines.Span)) return false;
        return _allTaken = true;
    }

    /// <summary>Takes one rule out; false when it is not there, or not any more.</summary>
    public bool TryTake(ReadOnlyMemory<byte> line)
    {
        var untaken = _untaken ??= CountLines();
        if (!untaken.TryGetValue(line, out var count) || count == 0) return false;
        untaken[line] = count - 1;
        return true;
    }

    /// <summary>Whether the rules end with these lines, which are then taken.</summary>
    public bool TryTakeEnd(ReadOnlyMemory<byte> lines)
    {
        if (_runs.Count == 0 || !_runs[^1].Span.EndsWith(lines.Span)) return false;
        var reader = new LineReader(lines);
        while (reader.MoveNext())
        {
            if (!TryTake(reader.Current)) return false;
        }

        return true;
    }

    /// <summary>The rules nobody took, each as often as it is left, in order.</summary>
    public List<ReadOnlyMemory<byte>> Untaken()
    {
        var left = new List<ReadOnlyMemory<byte>>();
        if (_allTaken) return left;
        foreach (var run in _runs)
        {
            var reader = new LineReader(run);
            while (reader.MoveNext())
            {
                if (_untaken is null || TryTake(reader.Current)) left.Add(reader.Current);
            }
        }

        return left;
    }

    private Dictionary<ReadOnlyMemory<byte>, int> CountLines()
    {
        var lines = new Dictionary<ReadOnlyMemory<byte>, int>(Utf8Content.Comparer);
        foreach (var run in _runs)
        {
            var reader = new LineReader(run);
            while (reader.MoveNext()) lines[reader.Current] = lines.GetValueOrDefault(reader.Current) + 1;
        }

        return lines;
    }
}
