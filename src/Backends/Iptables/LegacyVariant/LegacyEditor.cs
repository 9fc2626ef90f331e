using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Shunt.Backends.Iptables.LegacyVariant;

/// <summary>Does to a table what iptables-restore --noflush would do, in its order, and refuses what it would refuse.</summary>
internal sealed class LegacyEditor(EntryLayout layout)
{
    private const int Phases = 4; // of ChainOp.Phase

    private readonly EntryEncoder _encoder = new(layout);
    private readonly EntryDecoder _decoder = new(layout);
    private readonly RuleWriter _printed = new();
    private byte[] _run = new byte[4096];
    private int[]? _references;

    /// <summary>Does what a transaction says about a table.</summary>
    /// <returns>Null when it was done; otherwise what was refused, and the table is of no use any more.</returns>
    public string? Apply(IptablesDelta delta, IptablesTable which, LegacyTable table)
    {
        _references = null;
        try
        {
            for (var phase = 0; phase < Phases; phase++)
            {
                foreach (var unit in delta.Units)
                {
                    if (unit[which] is { } operations) Apply(operations, phase, table);
                }
            }

            return null;
        }
        catch (KernelException e)
        {
            return e.Message;
        }
    }

    /// <summary>Whether a chain has a rule.</summary>
    /// <param name="chain">The chain.</param>
    /// <param name="line">The rule, without a newline.</param>
    /// <param name="table">The table.</param>
    public bool Has(LegacyChain chain, ReadOnlyMemory<byte> line, LegacyTable table)
    {
        if (TryEncode(line, table, out var packed))
        {
            foreach (var rule in chain)
            {
                if (rule.SequenceEqual(packed)) return true;
            }
        }

        foreach (var rule in chain)
        {
            if (Prints(chain, rule, line.Span, table)) return true;
        }

        return false;
    }

    private void Apply(List<ChainOp> operations, int phase, LegacyTable table)
    {
        foreach (ref readonly var operation in CollectionsMarshal.AsSpan(operations))
        {
            if (operation.Phase != phase) continue;
            if (operation.Kind == ChainOpKind.Create || operation.Kind == ChainOpKind.Flush) Declare(operation.Chain.Span, table);
            else Apply(operation, Find(operation.Chain.Span, table), table);
        }
    }

    private void Apply(in ChainOp operation, LegacyChain chain, LegacyTable table)
    {
        table.Touch(chain);
        switch (operation.Kind)
        {
            case ChainOpKind.Append or ChainOpKind.AppendLast:
                Append(chain, operation.Rules, table);
                break;
            case ChainOpKind.InsertFirst:
                chain.Edit().Insert(0, New(operation.Rules, table));
                break;
            case ChainOpKind.InsertAt:
                chain.Edit().Insert(Index(operation, chain.Count + 1, table), New(operation.Rules, table));
                break;
            case ChainOpKind.ReplaceAt:
                chain.Edit()[Index(operation, chain.Count, table)] = New(operation.Rules, table);
                break;
            case ChainOpKind.Delete:
                Delete(chain, FirstLine(operation.Before), table);
                break;
            case ChainOpKind.DeleteAt:
                chain.Edit().RemoveAt(Index(operation, chain.Count, table));
                break;
            case ChainOpKind.Remove:
                Remove(chain, table);
                break;
        }

        chain.Edited();
    }

    private static void Declare(ReadOnlySpan<byte> name, LegacyTable table)
    {
        if (table.Find(name) is { } chain)
        {
            table.Touch(chain);
            chain.Fill([], 0, -1);
            return;
        }

        if (name.Length >= EntryLayout.ChainNameLength) throw new KernelException($"the name of a chain is too long: {Encoding.UTF8.GetString(name)}");
        table.Create(name);
    }

    private static LegacyChain Find(ReadOnlySpan<byte> name, LegacyTable table) =>
        table.Find(name) ?? throw new KernelException($"the table {table.Name} has no chain {Encoding.UTF8.GetString(name)}");

    private void Append(LegacyChain chain, ReadOnlyMemory<byte> rules, LegacyTable table)
    {
        var lines = new LineReader(rules);
        if (chain.Count > 0 || chain.Rules is not null)
        {
            var list = chain.Edit();
            while (lines.MoveNext()) list.Add(LegacyRule.New(_encoder.Encode(lines.Current, table)));
            return;
        }

        // All at once into an empty chain, as nearly all chains are filled.
        var length = 0;
        var count = 0;
        for (; lines.MoveNext(); count++)
        {
            var packed = _encoder.Encode(lines.Current, table);
            if (_run.Length < length + packed.Length) Array.Resize(ref _run, Math.Max(_run.Length * 2, length + packed.Length));
            packed.CopyTo(_run.AsSpan(length));
            length += packed.Length;
        }

        chain.Fill(_run.AsSpan(0, length), count, -1);
    }

    private LegacyRule New(ReadOnlyMemory<byte> rule, LegacyTable table) => LegacyRule.New(_encoder.Encode(FirstLine(rule), table));

    private void Delete(LegacyChain chain, ReadOnlyMemory<byte> line, LegacyTable table)
    {
        var rules = chain.Edit();
        var index = -1;
        if (TryEncode(line, table, out var packed))
        {
            index = IndexOf(LegacyRule.New(packed), rules);
        }

        // Somebody else may have put the same in other bytes.
        for (var i = 0; index < 0 && i < rules.Count; i++)
        {
            if (Prints(chain, rules[i].Packed, line.Span, table)) index = i;
        }

        if (index < 0) throw new KernelException($"the table {table.Name} has no rule like this: {Encoding.UTF8.GetString(line.Span)}");
        rules.RemoveAt(index);
    }

    private static int IndexOf(LegacyRule wanted, List<LegacyRule> rules)
    {
        for (var i = 0; i < rules.Count; i++)
        {
            if (rules[i].Says(wanted)) return i;
        }

        return -1;
    }

    private void Remove(LegacyChain chain, LegacyTable table)
    {
        if (chain.IsBuiltIn) throw Refused("is the kernel's own", chain, table);
        if (chain.Count > 0) throw Refused("has rules", chain, table);

        // Chains are removed last, so what leads to them does not change any more.
        _references ??= CountReferences(table);
        if (_references[chain.Id] > 0) throw Refused("has rules that lead to it", chain, table);
        table.Remove(chain);
    }

    private static int[] CountReferences(LegacyTable table)
    {
        var references = new int[table.Numbers];
        table.ForEach(references, static (counts, chain) =>
        {
            foreach (var rule in chain)
            {
                if (PackedRule.JumpOf(rule) is var jump && Jump.IsChain(jump)) counts[jump]++;
            }
        });
        return references;
    }

    private bool TryEncode(ReadOnlyMemory<byte> line, LegacyTable table, out ReadOnlySpan<byte> packed)
    {
        try
        {
            packed = _encoder.Encode(line, table);
            return true;
        }
        catch (KernelException)
        {
            packed = default; // a line that is not one of ours, which has to be found by its words
            return false;
        }
    }

    private bool Prints(LegacyChain chain, ReadOnlySpan<byte> rule, ReadOnlySpan<byte> line, LegacyTable table)
    {
        _printed.Clear();
        _decoder.Print(chain, rule, table, _printed);
        return _printed.Written[..^1].SequenceEqual(line);
    }

    private static int Index(in ChainOp operation, int count, LegacyTable table)
    {
        if (operation.Number >= 1 && operation.Number <= count) return operation.Number - 1;
        throw new KernelException(string.Create(
            CultureInfo.InvariantCulture, $"the chain {Encoding.UTF8.GetString(operation.Chain.Span)} of the table {table.Name} has no rule {operation.Number}"));
    }

    private static KernelException Refused(string why, LegacyChain chain, LegacyTable table) =>
        new($"the chain {Encoding.UTF8.GetString(chain.Name)} of the table {table.Name} {why}, so it cannot be removed");

    private static ReadOnlyMemory<byte> FirstLine(ReadOnlyMemory<byte> text)
    {
        var end = text.Span.IndexOf((byte)'\n');
        return end < 0 ? text : text[..end];
    }
}
