using System.Collections.Immutable;
using Shunt.Model;

namespace Shunt.Backends.Iptables;

/// <summary>
/// Finds the rules that must come and go. In chains that Services share, rules are put in and taken out one by one; a chain of one owner
/// is edited rule by rule, or written anew where that is shorter. Not thread-safe: it reuses its index.
/// </summary>
public sealed partial class IptablesDiffer : IDiffer<IptablesProgram, IptablesDelta>
{
    private readonly ChainIndex _index = new();

    /// <inheritdoc/>
    public IptablesDelta Diff(IptablesProgram observed, IptablesProgram wanted)
    {
        Load(observed);
        var units = ImmutableArray.CreateBuilder<DeltaUnit>();
        var shared = new DeltaUnit(null, isEssential: true);
        if (wanted.Base is { } wantedBase) DiffBase(wantedBase, shared);
        if (wanted.Dispatch is { } tree) DiffTree(tree, shared);
        AddIfAny(units, shared);
        foreach (var (name, block) in wanted.Services)
        {
            var unit = new DeltaUnit(name);
            DiffBlock(block, unit, fills: true);
            AddIfAny(units, unit);
        }

        // Taken out before what is left over is looked for, but written last: applied in halves, the tail still ends its chain.
        var tail = new DeltaUnit(null, isEssential: true);
        if (wanted.Base is { } ending) DiffTail(ending, tail);
        var stale = new DeltaUnit(null);
        var removals = new List<DeltaUnit>();
        RemoveLeftovers(stale, removals);
        AddIfAny(units, stale);
        units.AddRange(removals);
        AddIfAny(units, tail);
        _index.Clear();
        return units.Count == 0 ? IptablesDelta.Empty : new IptablesDelta(units.ToImmutable());
    }

    /// <inheritdoc/>
    public IptablesDelta Diff(IptablesProgram observed, IptablesProgram wanted, ReadOnlySpan<ServicePortName> changed)
    {
        if (observed.Dispatch is null != wanted.Dispatch is null) return Diff(observed, wanted);
        var units = ImmutableArray.CreateBuilder<DeltaUnit>(changed.Length);
        var tree = DiffTree(observed, wanted, changed);
        if (tree is { Opened: var opened }) AddIfAny(units, opened);
        foreach (var name in changed)
        {
            var before = observed.Services.GetValueOrDefault(name, RuleBlock.Empty);
            var after = wanted.Services.GetValueOrDefault(name, RuleBlock.Empty);
            if (ReferenceEquals(before, after)) continue;
            _index.Add(before);
            var unit = new DeltaUnit(name);
            DiffBlock(after, unit, fills: false);
            RemoveLeftovers(unit, removals: null);
            AddIfAny(units, unit);
            _index.Clear();
        }

        if (tree is { Closed: var closed }) AddIfAny(units, closed);
        return units.Count == 0 ? IptablesDelta.Empty : new IptablesDelta(units.ToImmutable());
    }

    /// <inheritdoc/>
    public IptablesProgram Without(IptablesProgram observed, IptablesProgram wanted, IptablesDelta refused)
    {
        var services = wanted.Services;
        var counts = wanted.Counts;
        var dispatch = wanted.Dispatch;
        if (observed.Unclaimed is not null) Load(observed);
        foreach (var unit in refused.Units)
        {
            if (unit.Owner is not { } name) continue;
            var after = services.GetValueOrDefault(name, RuleBlock.Empty);
            var before = observed.Unclaimed is null ? observed.Services.GetValueOrDefault(name, RuleBlock.Empty) : ClaimedBy(after);
            var kept = new RuleBlock(
                unit[IptablesTable.Filter] is null ? after.Filter : before.Filter,
                unit[IptablesTable.Nat] is null ? after.Nat : before.Nat)
            {
                Dispatched = unit[IptablesTable.Nat] is null ? after.Dispatched : before.Dispatched,
            };
            dispatch = dispatch?.Change(after.Dispatched, kept.Dispatched);
            services = services.SetItem(name, kept);
            counts += RuleCounts.Of(kept) - RuleCounts.Of(after);
        }

        _index.Clear();
        return wanted with { Services = services, Counts = counts, Dispatch = dispatch };
    }

    private static void AddIfAny(ImmutableArray<DeltaUnit>.Builder units, DeltaUnit unit)
    {
        if (!unit.IsEmpty) units.Add(unit);
    }

    private void Load(IptablesProgram observed)
    {
        _index.Clear();
        if (observed.Unclaimed is { } dump) _index.Add(dump);
        foreach (var (_, block) in observed.Services) _index.Add(block);
        if (observed.Dispatch is { } tree) _index.Add(tree);
        if (observed.Base is not { } shared) return;
        foreach (var chain in shared.Chains) _index.Declare(chain.Table, IptablesText.Bytes(chain.Name));
        foreach (var (table, rules) in shared.Hooks) _index.Add(table, rules);
        _index.Add(shared.Fixed);
        _index.Add(IptablesTable.Nat, shared.Tail);
    }

    /// <summary>The part of a block that is there already, or another version of it: what the kernel holds of a Service port it refused.</summary>
    private RuleBlock ClaimedBy(RuleBlock block) => new(ClaimedBy(IptablesTable.Filter, block.Filter), ClaimedBy(IptablesTable.Nat, block.Nat));

    private ReadOnlyMemory<byte> ClaimedBy(IptablesTable table, ReadOnlyMemory<byte> rules)
    {
        var found = new RuleWriter();
        var chains = new ChainReader(rules);
        while (chains.MoveNext())
        {
            if (_index.Find(table, chains.Chain) is not { } chain) continue;
            if (!IptablesNames.IsSharedChain(chains.Chain.Span))
            {
                found.Raw(chain.Rules.Span);
                continue;
            }

            var lines = new LineReader(chains.Rules);
            while (lines.MoveNext())
            {
                if (chain.TryTake(lines.Current)) found.Raw(lines.Current.Span).End();
            }
        }

        return found.ToMemory();
    }

    private void DiffBlock(RuleBlock wanted, DeltaUnit unit, bool fills)
    {
        DiffRules(IptablesTable.Filter, wanted.Filter, unit, fills);
        DiffRules(IptablesTable.Nat, wanted.Nat, unit, fills);
    }

    /// <param name="table">The table.</param>
    /// <param name="wanted">The rules that must be there.</param>
    /// <param name="unit">Gets the operations.</param>
    /// <param name="fills">A shared chain of which nothing is in the index is empty, and so may be filled from the top down.</param>
    private void DiffRules(IptablesTable table, ReadOnlyMemory<byte> wanted, DeltaUnit unit, bool fills)
    {
        var chains = new ChainReader(wanted);
        while (chains.MoveNext())
        {
            var chain = _index.Find(table, chains.Chain);
            if (IptablesNames.IsSharedChain(chains.Chain.Span)) DiffShared(table, chain, chains.Chain, chains.Rules, unit, fills);
            else DiffOwned(table, chain, chains.Chain, chains.Rules, unit);
        }
    }

    private static void DiffShared(
        IptablesTable table, ObservedChain? chain, ReadOnlyMemory<byte> name, ReadOnlyMemory<byte> wanted, DeltaUnit unit, bool fills)
    {
        if (fills && (chain is null || chain.IsEmpty))
        {
            unit.Add(table, new ChainOp(ChainOpKind.Append, name, wanted, default));
            return;
        }

        if (chain is not null && chain.TryTakeAll(wanted)) return;
        var missing = new List<ReadOnlyMemory<byte>>();
        var lines = new LineReader(wanted);
        while (lines.MoveNext())
        {
            if (chain is null || !chain.TryTake(lines.Current)) missing.Add(lines.Current);
        }

        // Each goes on top of the one before, so the last comes first: rules of one Service keep their order.
        for (var i = missing.Count - 1; i >= 0; i--) unit.Add(table, new ChainOp(ChainOpKind.InsertFirst, name, missing[i], default));
    }

    /// <param name="unit">Gets the operations.</param>
    /// <param name="removals">
    /// Gets the removals of chains, each by itself: one that somebody else's rule leads to cannot go, and must not keep the others. Null when
    /// the chains are those of one Service port, and go with it. Then nothing else is in the index, and no network's chain goes.
    /// </param>
    private void RemoveLeftovers(DeltaUnit unit, List<DeltaUnit>? removals)
    {
        foreach (var chain in _index.All)
        {
            var name = chain.Name.Span;
            var isStale = !chain.IsTaken && chain.Table == IptablesTable.Nat
                && (IptablesNames.IsServiceChain(name) || removals is not null && IptablesNames.IsNetworkChain(name));
            if (isStale)
            {
                unit.Add(chain.Table, new ChainOp(ChainOpKind.Flush, chain.Name, default, chain.Rules));
                var removal = removals is null ? unit : new DeltaUnit(null);
                removal.Add(chain.Table, new ChainOp(ChainOpKind.Remove, chain.Name, default, default));
                removals?.Add(removal);
            }
            else if (IptablesNames.IsSharedChain(name))
            {
                foreach (var line in chain.Untaken()) unit.Add(chain.Table, new ChainOp(ChainOpKind.Delete, chain.Name, default, line));
            }
        }
    }
}
