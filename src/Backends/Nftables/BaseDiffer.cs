using System.Collections.Immutable;
using Shunt.Netlink.Netfilter;

namespace Shunt.Backends.Nftables;

/// <summary>Finds what has to change of the chains and sets. A chain with a wrong rule is written anew; a table with a wrong hook or set is made anew.</summary>
internal static class BaseDiffer
{
    /// <summary>Compares with what was read from the kernel.</summary>
    public static BaseChange Diff(NftablesImage observed, NftablesBase wanted)
    {
        if (!observed.HasTable || !IsUsable(observed, wanted)) return Everything(wanted) with { DeletesTable = observed.HasTable };
        var change = Diff(observed.Chains, wanted, sets: set => observed.Sets.ContainsKey(set.Name));
        var chains = ImmutableArray.CreateBuilder<string>();
        foreach (var (name, _) in observed.Chains)
        {
            if (!Has(wanted.Chains, name)) chains.Add(name);
        }

        var sets = ImmutableArray.CreateBuilder<string>();
        foreach (var (name, _) in observed.Sets)
        {
            if (!SetId.TryParse(name, out var set) || !wanted.Sets.Contains(set)) sets.Add(name);
        }

        return change with { Flushed = change.Flushed.AddRange(chains), DeletedChains = chains.ToImmutable(), DeletedSets = sets.ToImmutable() };
    }

    /// <summary>Compares with what we wrote.</summary>
    public static BaseChange Diff(NftablesBase observed, NftablesBase wanted)
    {
        if (ReferenceEquals(observed, wanted)) return new BaseChange { Family = wanted.Family };
        var chains = new Dictionary<string, (NftHook? Hook, List<ulong> Rules)>(StringComparer.Ordinal);
        foreach (var chain in observed.Chains) chains.Add(chain.Name, (chain.Hook, Fingerprints(chain)));
        var change = Diff(chains, wanted, sets: set => observed.Sets.Contains(set));
        var deleted = ImmutableArray.CreateBuilder<string>();
        foreach (var set in observed.Sets)
        {
            if (!wanted.Sets.Contains(set)) deleted.Add(set.Name);
        }

        return change with { DeletedSets = deleted.ToImmutable() };
    }

    /// <summary>Whether chains, rules and sets are all there, in a table that was read without its elements.</summary>
    public static bool IsIntact(NftablesImage observed, NftablesBase expected) => Diff(observed, expected).IsEmpty;

    private static BaseChange Everything(NftablesBase wanted) => new()
    {
        Family = wanted.Family,
        AddsTable = true,
        Sets = wanted.Sets,
        Chains = wanted.Chains,
        Rules = RulesOf(wanted.Chains.AsSpan()),
    };

    private static BaseChange Diff(Dictionary<string, (NftHook? Hook, List<ulong> Rules)> observed, NftablesBase wanted, Func<SetId, bool> sets)
    {
        var newSets = ImmutableArray.CreateBuilder<SetId>();
        foreach (var set in wanted.Sets)
        {
            if (!sets(set)) newSets.Add(set);
        }

        var newChains = ImmutableArray.CreateBuilder<TableChain>();
        var flushed = ImmutableArray.CreateBuilder<string>();
        var rules = ImmutableArray.CreateBuilder<(string, ImmutableArray<TableRule>)>();
        foreach (var chain in wanted.Chains)
        {
            if (!observed.TryGetValue(chain.Name, out var known))
            {
                newChains.Add(chain);
                if (!chain.Rules.IsEmpty) rules.Add((chain.Name, chain.Rules));
            }
            else if (chain.IsUnordered && Missing(known.Rules, chain) is { } missing)
            {
                if (!missing.IsEmpty) rules.Add((chain.Name, missing));
            }
            else if (!IsSame(known.Rules, chain))
            {
                flushed.Add(chain.Name);
                if (!chain.Rules.IsEmpty) rules.Add((chain.Name, chain.Rules));
            }
        }

        return new BaseChange
        {
            Family = wanted.Family,
            Sets = newSets.ToImmutable(),
            Chains = newChains.ToImmutable(),
            Flushed = flushed.ToImmutable(),
            Rules = rules.ToImmutable(),
        };
    }

    private static bool IsUsable(NftablesImage observed, NftablesBase wanted)
    {
        foreach (var (_, isOurs) in observed.Sets)
        {
            if (!isOurs) return false;
        }

        foreach (var chain in wanted.Chains)
        {
            if (observed.Chains.TryGetValue(chain.Name, out var known) && known.Hook != chain.Hook) return false;
        }

        return true;
    }

    /// <summary>The rules that a chain lacks; null when it has some it should not have.</summary>
    private static ImmutableArray<TableRule>? Missing(List<ulong> known, TableChain chain)
    {
        var fingerprints = Fingerprints(chain);
        foreach (var rule in known)
        {
            if (!fingerprints.Remove(rule)) return null;
        }

        var missing = ImmutableArray.CreateBuilder<TableRule>(fingerprints.Count);
        foreach (var rule in chain.Rules)
        {
            if (fingerprints.Contains(rule.Fingerprint)) missing.Add(rule);
        }

        return missing.ToImmutable();
    }

    private static bool IsSame(List<ulong> known, TableChain chain)
    {
        if (known.Count != chain.Rules.Length) return false;
        for (var i = 0; i < known.Count; i++)
        {
            if (known[i] != chain.Rules[i].Fingerprint) return false;
        }

        return true;
    }

    private static List<ulong> Fingerprints(TableChain chain)
    {
        var fingerprints = new List<ulong>(chain.Rules.Length);
        foreach (var rule in chain.Rules) fingerprints.Add(rule.Fingerprint);
        return fingerprints;
    }

    private static ImmutableArray<(string, ImmutableArray<TableRule>)> RulesOf(ReadOnlySpan<TableChain> chains)
    {
        var rules = ImmutableArray.CreateBuilder<(string, ImmutableArray<TableRule>)>(chains.Length);
        foreach (var chain in chains)
        {
            if (!chain.Rules.IsEmpty) rules.Add((chain.Name, chain.Rules));
        }

        return rules.ToImmutable();
    }

    private static bool Has(ImmutableArray<TableChain> chains, string name)
    {
        foreach (var chain in chains)
        {
            if (chain.Name == name) return true;
        }

        return false;
    }
}
