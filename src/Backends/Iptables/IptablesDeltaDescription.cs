using System.Collections.Immutable;
using System.Text;
using Shunt.Model;

namespace Shunt.Backends.Iptables;

/// <summary>Says what a transaction changes: the rules that come and those that go, without those that are merely written again.</summary>
internal static class IptablesDeltaDescription
{
    public static ImmutableArray<ServiceChange> Describe(IptablesDelta delta, int limit)
    {
        var changes = ImmutableArray.CreateBuilder<ServiceChange>();
        var shared = Collect(delta, static unit => unit.Owner is null, "");
        if (!shared.Added.IsEmpty || !shared.Removed.IsEmpty) changes.Add(shared);
        foreach (var unit in delta.Units)
        {
            if (changes.Count >= limit) break;
            if (unit.Owner is { } name) changes.Add(Collect(new IptablesDelta([unit]), static _ => true, $"{name}/{name.Protocol.ToApiName()}"));
        }

        return changes.ToImmutable();
    }

    private static ServiceChange Collect(IptablesDelta delta, Func<DeltaUnit, bool> includes, string name)
    {
        var added = new List<string>();
        var removed = new List<string>();
        foreach (var unit in delta.Units)
        {
            if (!includes(unit)) continue;
            for (var table = IptablesTable.Mangle; table <= IptablesTable.Nat; table++) List(unit[table], table, added, removed);
        }

        DropCommon(added, removed);
        return new ServiceChange(name, [.. added], [.. removed]);
    }

    private static void List(List<ChainOp>? ops, IptablesTable table, List<string> added, List<string> removed)
    {
        if (ops is null) return;
        var prefix = table switch
        {
            IptablesTable.Mangle => "mangle ",
            IptablesTable.Filter => "filter ",
            _ => "nat ",
        };
        foreach (var op in ops)
        {
            if (op.Kind is ChainOpKind.Create) added.Add($"{prefix}-N {Encoding.UTF8.GetString(op.Chain.Span)}");
            if (op.Kind is ChainOpKind.Remove) removed.Add($"{prefix}-N {Encoding.UTF8.GetString(op.Chain.Span)}");
            Add(op.Rules, prefix, added);
            Add(op.Before, prefix, removed);
        }
    }

    private static void Add(ReadOnlyMemory<byte> rules, string prefix, List<string> to)
    {
        var lines = new LineReader(rules);
        while (lines.MoveNext()) to.Add(prefix + Encoding.UTF8.GetString(lines.Current.Span));
    }

    private static void DropCommon(List<string> added, List<string> removed)
    {
        var gone = new HashSet<string>(removed, StringComparer.Ordinal);
        for (var i = added.Count - 1; i >= 0; i--)
        {
            if (!gone.Remove(added[i])) continue;
            removed.Remove(added[i]);
            added.RemoveAt(i);
        }
    }
}
