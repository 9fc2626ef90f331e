namespace Shunt.Backends.Iptables;

/// <content>What belongs to no Service.</content>
public sealed partial class IptablesDiffer
{
    private void DiffBase(IptablesBase wanted, DeltaUnit unit)
    {
        foreach (var chain in wanted.Chains)
        {
            var name = IptablesText.Bytes(chain.Name);
            if (_index.Find(chain.Table, name) is not null) continue;
            unit.Add(chain.Table, new ChainOp(ChainOpKind.Create, name, default, default));
            _index.Declare(chain.Table, name);
        }

        DiffBlock(wanted.Fixed, unit, fills: false);
        foreach (var (table, rule) in wanted.Hooks) DiffHook(table, rule, unit);
    }

    private void DiffTail(IptablesBase wanted, DeltaUnit unit)
    {
        if (wanted.Tail.IsEmpty) return;
        var services = _index.Find(IptablesTable.Nat, IptablesText.Bytes("KUBE-SERVICES"));
        if (services is null || !services.TryTakeEnd(wanted.Tail))
        {
            unit.Add(IptablesTable.Nat, new ChainOp(ChainOpKind.AppendLast, IptablesText.Bytes("KUBE-SERVICES"), wanted.Tail, default));
        }
    }

    /// <summary>A rule that leads to a chain of ours is left where it is, and put on top where it is missing.</summary>
    private void DiffHook(IptablesTable table, ReadOnlyMemory<byte> rule, DeltaUnit unit)
    {
        var line = rule[..^1];
        var name = rule.Slice(3, RuleLine.Chain(line.Span).Length);
        if (_index.Find(table, name) is { } chain && chain.TryTake(line)) return;
        unit.Add(table, new ChainOp(ChainOpKind.InsertFirst, name, line, default));
    }
}
