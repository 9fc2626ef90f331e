using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.IO.Pipelines;
using System.Runtime.InteropServices;
using System.Text;
using Shunt.Model;

namespace Shunt.Backends.Iptables;

/// <summary>The two languages of the tools: what iptables-save prints, and what iptables-restore reads.</summary>
public static class IptablesText
{
    private const int Phases = 4; // of ChainOp.Phase
    private const int FlushThreshold = 32 * 1024;

    private static ReadOnlySpan<byte> Space => " "u8;

    private static ReadOnlySpan<byte> Commit => "COMMIT\n"u8;

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
        var parser = new IptablesSaveParser();
        parser.Read(text.Span);
        return parser.Finish();
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

    /// <summary>Writes what the transaction does to one table, which it must touch, and passes it on as it grows: it can be tens of megabytes.</summary>
    /// <param name="delta">The transaction.</param>
    /// <param name="table">Which table.</param>
    /// <param name="output">Gets the text; completed by the caller.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>The number of bytes.</returns>
    internal static async ValueTask<long> WriteRestoreAsync(IptablesDelta delta, IptablesTable table, PipeWriter output, CancellationToken ct)
    {
        long sent = 0;
        WriteHead(table, output);
        for (var phase = 0; phase < Phases; phase++)
        {
            foreach (var unit in delta.Units)
            {
                WriteUnit(unit, table, phase, output);
                if (output.UnflushedBytes < FlushThreshold) continue;
                sent += output.UnflushedBytes;
                await output.FlushAsync(ct);
            }
        }

        output.Write(Commit);
        sent += output.UnflushedBytes;
        await output.FlushAsync(ct);
        return sent;
    }

    /// <param name="delta">What is done to chains.</param>
    /// <param name="table">Which table.</param>
    /// <param name="output">Gets the text.</param>
    /// <param name="whole">Blocks that are written as they are, into chains that do not exist or are empty.</param>
    private static void WriteTable(
        IptablesDelta delta, IptablesTable table, IBufferWriter<byte> output, ImmutableSortedDictionary<ServicePortName, RuleBlock> whole)
    {
        WriteHead(table, output);
        for (var phase = 0; phase < Phases; phase++)
        {
            foreach (var unit in delta.Units) WriteUnit(unit, table, phase, output);
            foreach (var (_, block) in whole)
            {
                if (phase == 0) WriteDeclarations(block[table], output);
                else if (phase == 1) output.Write(block[table].Span);
            }
        }

        output.Write(Commit);
    }

    private static void WriteHead(IptablesTable table, IBufferWriter<byte> output)
    {
        output.Write("*"u8);
        output.Write(Encoding.ASCII.GetBytes(Name(table)));
        output.Write("\n"u8);
    }

    private static void WriteUnit(DeltaUnit unit, IptablesTable table, int phase, IBufferWriter<byte> output)
    {
        if (unit[table] is not { } operations) return;
        foreach (ref readonly var operation in CollectionsMarshal.AsSpan(operations))
        {
            if (operation.Phase == phase) WriteOperation(operation, output);
        }
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
}
