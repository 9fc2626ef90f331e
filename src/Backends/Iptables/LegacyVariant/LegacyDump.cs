using System.Collections.Immutable;

namespace Shunt.Backends.Iptables.LegacyVariant;

/// <summary>
/// Prints tables for comparison. Chains that can have no rule of ours come without their rules.
/// </summary>
internal sealed class LegacyDump(EntryLayout layout)
{
    private readonly EntryDecoder _decoder = new(layout);
    private readonly RuleWriter _rules = new();
    private readonly RuleStore _store = new();
    private readonly ImmutableArray<DumpedChain>.Builder _chains = ImmutableArray.CreateBuilder<DumpedChain>();

    /// <summary>Adds a table.</summary>
    public void Add(IptablesTable which, LegacyTable table)
    {
        foreach (var chain in table.Chains)
        {
            _rules.Clear();
            if (chain.IsBuiltIn || chain.Name.AsSpan().StartsWith("KUBE-"u8))
            {
                foreach (var rule in chain) _decoder.Print(chain, rule, table, _rules);
            }

            _chains.Add(new DumpedChain(which, chain.Name, chain.IsBuiltIn, _rules.ToMemory(_store)));
        }
    }

    /// <summary>All that was added.</summary>
    public IptablesDump Finish() => new(_chains.DrainToImmutable());
}
