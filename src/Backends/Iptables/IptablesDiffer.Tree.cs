using Shunt.Model;

namespace Shunt.Backends.Iptables;

/// <content>The chains between KUBE-SERVICES and the rules of Services.</content>
public sealed partial class IptablesDiffer
{
    private void DiffTree(DispatchTree wanted, DeltaUnit unit)
    {
        foreach (var network in wanted.Networks())
        {
            var name = DispatchTree.NameOf(network);
            if (_index.Find(IptablesTable.Nat, name) is null) unit.Add(IptablesTable.Nat, new ChainOp(ChainOpKind.Create, name, default, default));
            _index.Declare(IptablesTable.Nat, name).IsTaken = true;
            var rule = DispatchTree.RuleOf(network);
            var parent = DispatchTree.ParentOf(network);
            if (_index.Find(IptablesTable.Nat, parent) is { } chain && chain.TryTake(rule)) continue;
            unit.Add(IptablesTable.Nat, new ChainOp(ChainOpKind.InsertFirst, parent, rule, default));
        }
    }

    /// <summary>What changes with some Service ports: the chains that must be there before their rules come, and those that can go afterwards.</summary>
    /// <returns>Null when no network's chain comes or goes, as with most changes.</returns>
    private static (DeltaUnit Opened, DeltaUnit Closed)? DiffTree(
        IptablesProgram observed, IptablesProgram wanted, ReadOnlySpan<ServicePortName> changed)
    {
        if (observed.Dispatch is not { } before || wanted.Dispatch is not { } after || ReferenceEquals(before, after)) return null;
        var (opened, closed) = (new DeltaUnit(null, isEssential: true), new DeltaUnit(null));
        var networks = new List<IpPrefix>();
        foreach (var name in changed)
        {
            foreach (var address in observed.Services.GetValueOrDefault(name, RuleBlock.Empty).Dispatched) DispatchTree.AddPath(address, networks);
            foreach (var address in wanted.Services.GetValueOrDefault(name, RuleBlock.Empty).Dispatched) DispatchTree.AddPath(address, networks);
        }

        var seen = new HashSet<IpPrefix>();
        foreach (var network in networks)
        {
            if (before.Has(network) == after.Has(network) || !seen.Add(network)) continue;
            var (chain, parent, rule) = (DispatchTree.NameOf(network), DispatchTree.ParentOf(network), DispatchTree.RuleOf(network));
            if (after.Has(network))
            {
                opened.Add(IptablesTable.Nat, new ChainOp(ChainOpKind.Create, chain, default, default));
                opened.Add(IptablesTable.Nat, new ChainOp(ChainOpKind.InsertFirst, parent, rule, default));
            }
            else
            {
                closed.Add(IptablesTable.Nat, new ChainOp(ChainOpKind.Delete, parent, default, rule));
                closed.Add(IptablesTable.Nat, new ChainOp(ChainOpKind.Remove, chain, default, default));
            }
        }

        return (opened, closed);
    }
}
