using System.Collections.Immutable;

namespace Shunt.Backends.Iptables;

/// <summary>
/// Reads what iptables-save prints, as it comes: a dump of ten thousand Services is tens of megabytes, of which no more than the rules
/// themselves is kept. The rules of a chain, which are printed together, are kept as one piece of text.
/// </summary>
internal sealed class IptablesSaveParser
{
    private const int None = -1;

    private readonly Dictionary<ReadOnlyMemory<byte>, int>[] _chains =
    [
        new(Utf8Content.Comparer),
        new(Utf8Content.Comparer),
        new(Utf8Content.Comparer),
    ];

    private readonly List<DumpedChain> _found = [];
    private readonly RuleStore _store = new();
    private readonly RuleWriter _rules = new();
    private readonly RuleWriter _cutOff = new();
    private IptablesTable? _table;
    private int _chain = None;

    /// <summary>Reads the next bytes, however they are cut.</summary>
    public void Read(ReadOnlySpan<byte> text)
    {
        for (var end = text.IndexOf((byte)'\n'); end >= 0; end = text.IndexOf((byte)'\n'))
        {
            ReadLine(Whole(text[..end]));
            _cutOff.Clear();
            text = text[(end + 1)..];
        }

        _cutOff.Raw(text);
    }

    /// <summary>There is no more.</summary>
    public IptablesDump Finish()
    {
        ReadLine(_cutOff.Written);
        KeepRules();
        return new IptablesDump([.. _found]);
    }

    private ReadOnlySpan<byte> Whole(ReadOnlySpan<byte> end) => _cutOff.Written.IsEmpty ? end : _cutOff.Raw(end).Written;

    private void ReadLine(ReadOnlySpan<byte> line)
    {
        if (line.IsEmpty) return;
        switch (line[0])
        {
            case (byte)'*':
                _table = TableOf(line[1..]);
                break;
            case (byte)':' when _table is { } table:
                DeclareChain(table, line[1..]);
                break;
            case (byte)'-' or (byte)'[' when _table is { } table:
                AddRule(table, WithoutCounters(line));
                break;
        }
    }

    private static IptablesTable? TableOf(ReadOnlySpan<byte> name)
    {
        if (name.SequenceEqual("nat"u8)) return IptablesTable.Nat;
        if (name.SequenceEqual("filter"u8)) return IptablesTable.Filter;
        return name.SequenceEqual("mangle"u8) ? IptablesTable.Mangle : null;
    }

    /// <summary>A line <c>NAME POLICY [packets:bytes]</c>; a chain of somebody's own has the policy <c>-</c>.</summary>
    private int DeclareChain(IptablesTable table, ReadOnlySpan<byte> declaration)
    {
        var end = declaration.IndexOf((byte)' ');
        var name = _store.Add(end < 0 ? declaration : declaration[..end]);
        if (_chains[(int)table].TryGetValue(name, out var index)) return index;
        var builtIn = end >= 0 && declaration.Length > end + 1 && declaration[end + 1] != '-';
        _found.Add(new DumpedChain(table, name, builtIn, default));
        _chains[(int)table].Add(name, _found.Count - 1);
        return _found.Count - 1;
    }

    private static ReadOnlySpan<byte> WithoutCounters(ReadOnlySpan<byte> line)
    {
        var start = line[0] == '[' ? line.IndexOf("] "u8) + 2 : 0;
        return line[start..];
    }

    private void AddRule(IptablesTable table, ReadOnlySpan<byte> line)
    {
        if (!line.StartsWith("-A "u8)) return;
        var name = RuleLine.Chain(line);
        if (_chain == None || _found[_chain].Table != table || !_found[_chain].Name.Span.SequenceEqual(name))
        {
            KeepRules();
            _chain = DeclareChain(table, name);
        }

        WriteNormalised(line);
    }

    /// <summary>The chain read so far is complete, or so it seems: what comes of it later is added.</summary>
    private void KeepRules()
    {
        if (_chain == None) return;
        var chain = _found[_chain];
        ReadOnlyMemory<byte> rules = chain.Rules.IsEmpty ? _rules.ToMemory(_store) : (byte[])[.. chain.Rules.Span, .. _rules.Written];
        _found[_chain] = chain with { Rules = rules };
        _rules.Clear();
        _chain = None;
    }

    /// <summary>Some versions print two spaces where one belongs (after --nfacct-name); no rule of ours has two in a comment.</summary>
    private void WriteNormalised(ReadOnlySpan<byte> line)
    {
        for (var at = line.IndexOf("  "u8); at >= 0; at = line.IndexOf("  "u8))
        {
            _rules.Raw(line[..(at + 1)]);
            line = line[(at + 2)..];
        }

        _rules.Raw(line).End();
    }
}
