using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Shunt.Model;

namespace Shunt.Backends.Iptables;

/// <summary>The two languages of the tools: what iptables-save prints, and what iptables-restore reads.</summary>
public static class IptablesText
{
    private static ReadOnlySpan<byte> Space => " "u8;

    /// <summary>The name of a table as the tools spell it.</summary>
    public static string Name(IptablesTable table) => table switch
    {
        IptablesTable.Mangle => "mangle",
        IptablesTable.Filter => "filter",
        IptablesTable.Nat => "nat",
        _ => throw new ArgumentOutOfRangeException(nameof(table), table, null),
    };

    /// <summary>Reads what iptables-save printed. Tables we do not use are passed over, and so are counters.</summary>
    public static IptablesDump ParseSave(ReadOnlyMemory<byte> text)
    {
        var parser = new SaveParser();
        var lines = new LineReader(text);
        while (lines.MoveNext()) parser.Read(lines.Current);
        return parser.ToDump();
    }

    /// <summary>Writes the whole transaction as one input for iptables-restore.</summary>
    public static void WriteRestore(IptablesDelta delta, TextWriter output)
    {
        var buffer = new ArrayBufferWriter<byte>();
        for (var table = IptablesTable.Mangle; table <= IptablesTable.Nat; table++) WriteRestore(delta, table, buffer);
        output.Write(Encoding.UTF8.GetString(buffer.WrittenSpan));
    }

    /// <summary>Writes what the transaction does to one table; nothing when it does nothing.</summary>
    public static void WriteRestore(IptablesDelta delta, IptablesTable table, IBufferWriter<byte> output)
    {
        if (delta.Touches(table)) WriteTable(delta, table, output, ImmutableSortedDictionary<ServicePortName, RuleBlock>.Empty);
    }

    /// <param name="delta">What is done to chains.</param>
    /// <param name="table">Which table.</param>
    /// <param name="output">Gets the text.</param>
    /// <param name="whole">Blocks that are written as they are, into chains that do not exist or are empty.</param>
    private static void WriteTable(
        IptablesDelta delta, IptablesTable table, IBufferWriter<byte> output, ImmutableSortedDictionary<ServicePortName, RuleBlock> whole)
    {
        output.Write("*"u8);
        output.Write(Encoding.ASCII.GetBytes(Name(table)));
        output.Write("\n"u8);
        for (var phase = 0; phase <= 3; phase++)
        {
            foreach (var unit in delta.Units)
            {
                if (unit[table] is not { } operations) continue;
                foreach (var operation in operations)
                {
                    if (operation.Phase == phase) WriteOperation(operation, output);
                }
            }

            foreach (var (_, block) in whole)
            {
                if (phase == 0) WriteDeclarations(block[table], output);
                else if (phase == 1) output.Write(block[table].Span);
            }
        }

        output.Write("COMMIT\n"u8);
    }

    /// <summary>Writes the input for iptables-restore that loads a whole compiled program into an empty kernel.</summary>
    public static void WriteProgram(IptablesProgram program, IBufferWriter<byte> output)
    {
        var shared = new IptablesDiffer().Diff(IptablesProgram.Nothing, program with { Services = program.Services.Clear() });
        for (var table = IptablesTable.Mangle; table <= IptablesTable.Nat; table++)
        {
            WriteTable(shared, table, output, program.Services);
        }
    }

    private static void WriteDeclarations(ReadOnlyMemory<byte> rules, IBufferWriter<byte> output)
    {
        var chains = new ChainReader(rules);
        while (chains.MoveNext())
        {
            if (IptablesNames.IsSharedChain(chains.Chain.Span)) continue;
            output.Write(":"u8);
            output.Write(chains.Chain.Span);
            output.Write(" - [0:0]\n"u8);
        }
    }

    internal static ReadOnlyMemory<byte> Bytes(string ascii) => Encoding.ASCII.GetBytes(ascii);

    private static void WriteOperation(in ChainOp operation, IBufferWriter<byte> output)
    {
        switch (operation.Kind)
        {
            case ChainOpKind.Create or ChainOpKind.Flush:
                output.Write(":"u8);
                output.Write(operation.Chain.Span);
                output.Write(" - [0:0]\n"u8);
                break;
            case ChainOpKind.Append or ChainOpKind.AppendLast:
                output.Write(operation.Rules.Span);
                if (operation.Rules.Span[^1] != '\n') output.Write("\n"u8);
                break;
            case ChainOpKind.InsertFirst or ChainOpKind.InsertAt:
                WriteRule("-I "u8, operation, operation.Rules.Span, output);
                break;
            case ChainOpKind.ReplaceAt:
                WriteRule("-R "u8, operation, operation.Rules.Span, output);
                break;
            case ChainOpKind.Delete:
                WriteRule("-D "u8, operation, operation.Before.Span, output);
                break;
            case ChainOpKind.DeleteAt:
                WriteRule("-D "u8, operation, [], output);
                break;
            case ChainOpKind.Remove:
                WriteRule("-X "u8, operation, [], output);
                break;
        }
    }

    private static void WriteRule(ReadOnlySpan<byte> command, in ChainOp operation, ReadOnlySpan<byte> line, IBufferWriter<byte> output)
    {
        output.Write(command);
        output.Write(operation.Chain.Span);
        if (operation.Number > 0)
        {
            output.Write(Space);
            var digits = output.GetSpan(10);
            operation.Number.TryFormat(digits, out var written, default, CultureInfo.InvariantCulture);
            output.Advance(written);
        }

        var specification = line.IsEmpty ? [] : RuleLine.Specification(line);
        if (!specification.IsEmpty)
        {
            output.Write(Space);
            output.Write(specification);
        }

        output.Write("\n"u8);
    }

    /// <summary>Collects chains; rules are copied together, so that a chain is one piece of text.</summary>
    private sealed class SaveParser
    {
        private readonly Dictionary<ReadOnlyMemory<byte>, int>[] _chains =
        [
            new(Utf8Content.Comparer),
            new(Utf8Content.Comparer),
            new(Utf8Content.Comparer),
        ];

        private readonly List<(IptablesTable Table, ReadOnlyMemory<byte> Name, bool IsBuiltIn, ArrayBufferWriter<byte>? Rules)> _found = [];
        private IptablesTable? _table;

        public void Read(ReadOnlyMemory<byte> line)
        {
            if (line.IsEmpty) return;
            switch (line.Span[0])
            {
                case (byte)'*':
                    _table = TableOf(line.Span[1..]);
                    break;
                case (byte)':' when _table is { } table:
                    DeclareChain(table, line[1..]);
                    break;
                case (byte)'-' or (byte)'[' when _table is { } table:
                    AddRule(table, WithoutCounters(line));
                    break;
            }
        }

        public IptablesDump ToDump()
        {
            var chains = ImmutableArray.CreateBuilder<DumpedChain>(_found.Count);
            foreach (var (table, name, builtIn, rules) in _found) chains.Add(new DumpedChain(table, name, builtIn, rules?.WrittenMemory ?? default));
            return new IptablesDump(chains.MoveToImmutable());
        }

        private static IptablesTable? TableOf(ReadOnlySpan<byte> name)
        {
            if (name.SequenceEqual("nat"u8)) return IptablesTable.Nat;
            if (name.SequenceEqual("filter"u8)) return IptablesTable.Filter;
            return name.SequenceEqual("mangle"u8) ? IptablesTable.Mangle : null;
        }

        /// <summary>A line <c>NAME POLICY [packets:bytes]</c>; a chain of somebody's own has the policy <c>-</c>.</summary>
        private int DeclareChain(IptablesTable table, ReadOnlyMemory<byte> declaration)
        {
            var end = declaration.Span.IndexOf((byte)' ');
            var name = end < 0 ? declaration : declaration[..end];
            if (_chains[(int)table].TryGetValue(name, out var index)) return index;
            _found.Add((table, name, end >= 0 && declaration.Length > end + 1 && declaration.Span[end + 1] != '-', null));
            _chains[(int)table].Add(name, _found.Count - 1);
            return _found.Count - 1;
        }

        private static ReadOnlyMemory<byte> WithoutCounters(ReadOnlyMemory<byte> line)
        {
            var start = line.Span[0] == '[' ? line.Span.IndexOf("] "u8) + 2 : 0;
            return line[start..];
        }

        private void AddRule(IptablesTable table, ReadOnlyMemory<byte> line)
        {
            if (!line.Span.StartsWith("-A "u8)) return;
            var index = DeclareChain(table, line.Slice(3, RuleLine.Chain(line.Span).Length));
            var chain = _found[index];
            var rules = chain.Rules ?? new ArrayBufferWriter<byte>(line.Length + 1);
            if (chain.Rules is null) _found[index] = (chain.Table, chain.Name, chain.IsBuiltIn, rules);
            WriteNormalised(line.Span, rules);
            rules.Write("\n"u8);
        }

        /// <summary>Some versions print two spaces where one belongs (after --nfacct-name); no rule of ours has two in a comment.</summary>
        private static void WriteNormalised(ReadOnlySpan<byte> line, ArrayBufferWriter<byte> rules)
        {
            for (var at = line.IndexOf("  "u8); at >= 0; at = line.IndexOf("  "u8))
            {
                rules.Write(line[..(at + 1)]);
                line = line[(at + 2)..];
            }

            rules.Write(line);
        }
    }
}
