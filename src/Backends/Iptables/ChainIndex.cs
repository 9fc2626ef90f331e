using System.Runtime.InteropServices;

namespace Shunt.Backends.Iptables;

/// <summary>
/// What is there, by chain: rules are taken out of it as wanted ones are found, and what is left is stale. Reused from one comparison to the
/// next, so that a small comparison allocates little.
/// </summary>
internal sealed class ChainIndex
{
    private readonly Dictionary<ReadOnlyMemory<byte>, ObservedChain>[] _tables =
    [
        new(Utf8Content.Comparer),
        new(Utf8Content.Comparer),
        new(Utf8Content.Comparer),
    ];

    private const int KeepChains = 256;

    private readonly List<ObservedChain> _pool = [];
    private int _count;

    /// <summary>All chains, in the order they were added.</summary>
    public ReadOnlySpan<ObservedChain> All => CollectionsMarshal.AsSpan(_pool)[.._count];

    /// <summary>Forgets everything, and gives back the memory of a large comparison.</summary>
    public void Clear()
    {
        foreach (var table in _tables)
        {
            table.Clear();
            if (_count > KeepChains) table.TrimExcess();
        }

        if (_count > KeepChains)
        {
            _pool.RemoveRange(KeepChains, _pool.Count - KeepChains);
            _pool.TrimExcess();
        }

        for (var i = 0; i < _count && i < KeepChains; i++) _pool[i].Reset(default, default);
        _count = 0;
    }

    /// <summary>Adds the chains of one Service port.</summary>
    public void Add(RuleBlock block)
    {
        Add(IptablesTable.Filter, block.Filter);
        Add(IptablesTable.Nat, block.Nat);
    }

    /// <summary>Adds rules, chain by chain.</summary>
    public void Add(IptablesTable table, ReadOnlyMemory<byte> rules)
    {
        var chains = new ChainReader(rules);
        while (chains.MoveNext()) Declare(table, chains.Chain).Add(chains.Rules);
    }

    /// <summary>Adds the rules between KUBE-SERVICES and those of Services.</summary>
    public void Add(DispatchTree tree)
    {
        foreach (var network in tree.Networks())
        {
            Declare(IptablesTable.Nat, DispatchTree.NameOf(network));
            Declare(IptablesTable.Nat, DispatchTree.ParentOf(network)).Add((byte[])[.. DispatchTree.RuleOf(network).Span, (byte)'\n']);
        }
    }

    /// <summary>Adds everything that was read from the kernel.</summary>
    public void Add(IptablesDump dump)
    {
        foreach (var chain in dump.Chains)
        {
            var observed = Declare(chain.Table, chain.Name);
            if (!chain.Rules.IsEmpty) observed.Add(chain.Rules);
        }
    }

    /// <summary>The chain, which from now on is there.</summary>
    public ObservedChain Declare(IptablesTable table, ReadOnlyMemory<byte> name)
    {
        if (_tables[(int)table].TryGetValue(name, out var chain)) return chain;
        if (_count == _pool.Count) _pool.Add(new ObservedChain());
        chain = _pool[_count++];
        chain.Reset(table, name);
        _tables[(int)table].Add(name, chain);
        return chain;
    }

    /// <summary>The chain, or null where there is none.</summary>
    public ObservedChain? Find(IptablesTable table, ReadOnlyMemory<byte> name) => _tables[(int)table].GetValueOrDefault(name);
}
