using Shunt.Backends.Diff;

namespace Shunt.Backends.Iptables;

/// <content>Chains of one owner.</content>
public sealed partial class IptablesDiffer
{
    /// <summary>Longer chains are written anew: finding the shortest edit takes time that grows with the square.</summary>
    private const int MaxEditedLines = 128;

    private static void DiffOwned(
        IptablesTable table, ObservedChain? chain, ReadOnlyMemory<byte> name, ReadOnlyMemory<byte> wanted, DeltaUnit unit)
    {
        if (chain is null)
        {
            unit.Add(table, new ChainOp(ChainOpKind.Create, name, default, default));
            unit.Add(table, new ChainOp(ChainOpKind.Append, name, wanted, default));
            return;
        }

        chain.IsTaken = true;
        var present = chain.Rules;
        if (present.Span.SequenceEqual(wanted.Span) || SameButForComments(present, wanted)) return;
        if (!present.IsEmpty)
        {
            if (TryEdit(table, name, present, wanted, unit)) return;
            unit.Add(table, new ChainOp(ChainOpKind.Flush, name, default, present));
        }

        unit.Add(table, new ChainOp(ChainOpKind.Append, name, wanted, default));
    }

    /// <summary>A chain from before the cluster was large differs in comments only, and may be too long to be edited.</summary>
    private static bool SameButForComments(ReadOnlyMemory<byte> present, ReadOnlyMemory<byte> wanted)
    {
        if (present.Length <= wanted.Length) return false;
        var before = new LineReader(present);
        var after = new LineReader(wanted);
        while (after.MoveNext())
        {
            if (!before.MoveNext() || !SameRule.Comparer.Equals(before.Current, after.Current)) return false;
        }

        return !before.MoveNext();
    }

    /// <summary>Edits a chain in place, unless writing it anew is shorter.</summary>
    private static bool TryEdit(
        IptablesTable table, ReadOnlyMemory<byte> name, ReadOnlyMemory<byte> present, ReadOnlyMemory<byte> wanted, DeltaUnit unit)
    {
        var before = Lines(present);
        var after = Lines(wanted);
        if (before.Count > MaxEditedLines || after.Count > MaxEditedLines) return false;
        var steps = SequenceDiff.Compute(before, after, SameRule.Comparer);
        long cost = 0;
        foreach (var step in steps) cost += step.NewIndex >= 0 ? after[step.NewIndex].Length : name.Length;
        if (cost >= wanted.Length) return false;
        AppendAtEnd(table, name, before.Count, after, steps, unit);

        // From the end to the beginning, so that the numbers of the rules still to be touched stay what they are.
        for (var i = steps.Count - 1; i >= 0; i--)
        {
            var step = steps[i];
            if (step.Kind == SequenceStepKind.Insert && step.OldIndex == before.Count) continue;
            unit.Add(table, step.Kind switch
            {
                SequenceStepKind.Replace => new ChainOp(ChainOpKind.ReplaceAt, name, after[step.NewIndex], before[step.OldIndex], step.OldIndex + 1),
                SequenceStepKind.Insert => new ChainOp(ChainOpKind.InsertAt, name, after[step.NewIndex], default, step.OldIndex + 1),
                _ => new ChainOp(ChainOpKind.DeleteAt, name, default, before[step.OldIndex], step.OldIndex + 1),
            });
        }

        return true;
    }

    private static void AppendAtEnd(
        IptablesTable table, ReadOnlyMemory<byte> name, int end, List<ReadOnlyMemory<byte>> after, List<SequenceStep> steps, DeltaUnit unit)
    {
        foreach (var step in steps)
        {
            if (step.Kind != SequenceStepKind.Insert || step.OldIndex != end) continue;
            unit.Add(table, new ChainOp(ChainOpKind.Append, name, after[step.NewIndex], default));
        }
    }

    private static List<ReadOnlyMemory<byte>> Lines(ReadOnlyMemory<byte> rules)
    {
        var lines = new List<ReadOnlyMemory<byte>>(LineReader.Count(rules));
        var reader = new LineReader(rules);
        while (reader.MoveNext()) lines.Add(reader.Current);
        return lines;
    }

    /// <summary>Compares a rule that is there with one that is wanted.</summary>
    private sealed class SameRule : IEqualityComparer<ReadOnlyMemory<byte>>
    {
        public static SameRule Comparer { get; } = new();

        public bool Equals(ReadOnlyMemory<byte> x, ReadOnlyMemory<byte> y) =>
            x.Span.SequenceEqual(y.Span) || RuleLine.SameButForComment(x.Span, y.Span);

        public int GetHashCode(ReadOnlyMemory<byte> obj) => Utf8Content.Comparer.GetHashCode(obj);
    }
}
