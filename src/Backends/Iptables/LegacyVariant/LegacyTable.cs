using System.Runtime.InteropServices;
using Shunt.Model;
using Shunt.Netlink.Xtables;

namespace Shunt.Backends.Iptables.LegacyVariant;

/// <summary>
/// A table as the kernel has it, or as it is to become: the built-in chains in the kernel's order and the others sorted by name, as iptables
/// keeps them. What is changed is either <see cref="Settle"/>d, or the table is thrown away and read again.
/// </summary>
internal sealed class LegacyTable
{
    private readonly HashSet<LegacyChain> _names = new(LegacyChainNames.Comparer);
    private readonly List<LegacyChain?> _numbers = [];
    private readonly List<int> _freeNumbers = [];
    private readonly List<LegacyChain> _created = [];
    private readonly List<(LegacyChain Chain, byte[]? Before, int Count, int Origin)> _touched = [];
    private readonly List<LegacyChain> _chains = [];
    private int[] _scratch = [];
    private bool _hasRemoved;

    /// <summary>A table without chains.</summary>
    public LegacyTable(string name, IpFamily family)
    {
        Name = name;
        Layout = EntryLayout.Of(family);
    }

    public string Name { get; }

    public EntryLayout Layout { get; }

    /// <summary>How the kernel has laid it out.</summary>
    public XtTableInfo Info { get; set; }

    /// <summary>All chains in order; those made since the last <see cref="Finish"/> are not yet among them.</summary>
    public ReadOnlySpan<LegacyChain> Chains => CollectionsMarshal.AsSpan(_chains);

    /// <summary>No chain has this number or a higher one.</summary>
    public int Numbers => _numbers.Count;

    /// <summary>The chain with a name; null when there is none.</summary>
    public LegacyChain? Find(ReadOnlySpan<byte> name) =>
        _names.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(name, out var chain) ? chain : null;

    /// <summary>The chain with a number, which there must be.</summary>
    public LegacyChain this[int number] => _numbers[number]!; // a rule leads there, so it has not been removed

    /// <summary>Calls for every chain, the new ones too, in no order.</summary>
    public void ForEach<T>(T state, Action<T, LegacyChain> visit)
    {
        foreach (var chain in _names) visit(state, chain);
    }

    /// <summary>Room for a number for every chain; the same each time, for it is large.</summary>
    public int[] Scratch()
    {
        if (_scratch.Length < Numbers) _scratch = new int[Numbers + Numbers / 8];
        return _scratch;
    }

    /// <summary>Adds a chain that the kernel has, behind the others.</summary>
    public LegacyChain Add(ReadOnlySpan<byte> name, int hook, int policy)
    {
        var chain = new LegacyChain(name.ToArray(), TakeNumber()) { Hook = hook, Policy = policy };
        Enter(chain);
        _chains.Add(chain);
        return chain;
    }

    /// <summary>All chains have been added.</summary>
    public void EndOfChains()
    {
        _chains.TrimExcess();
        for (var i = 1; i < _chains.Count; i++)
        {
            if (_chains[i - 1].IsBuiltIn || Compare(_chains[i - 1], _chains[i]) < 0) continue;
            var builtIn = _chains.FindIndex(static chain => !chain.IsBuiltIn);
            _chains.Sort(builtIn, _chains.Count - builtIn, Comparer<LegacyChain>.Create(Compare));
            return;
        }
    }

    /// <summary>Makes a chain without rules.</summary>
    public void Create(ReadOnlySpan<byte> name)
    {
        var chain = new LegacyChain(name.ToArray(), TakeNumber());
        Enter(chain);
        _created.Add(chain);
    }

    /// <summary>Removes a chain, to which nothing leads.</summary>
    public void Remove(LegacyChain chain)
    {
        _names.Remove(chain);
        _numbers[chain.Id] = null;
        _freeNumbers.Add(chain.Id);
        if (!_created.Remove(chain)) _hasRemoved = true;
    }

    /// <summary>A chain is going to be changed.</summary>
    public void Touch(LegacyChain chain)
    {
        if (chain.IsTouched || (chain.Origin < 0 && chain.Rules is null)) return; // the latter is new
        chain.IsTouched = true;
        _touched.Add((chain, chain.Rules is null ? chain.Packed.ToArray() : null, chain.Count, chain.Origin));
    }

    /// <summary>All changes have been made; false when they come to nothing, and then they are forgotten.</summary>
    public bool Finish()
    {
        var changed = _created.Count > 0 || _hasRemoved;
        foreach (var (chain, before, _, _) in _touched) changed |= before is null || !chain.Says(before);
        if (changed)
        {
            Order();
            return true;
        }

        foreach (var (chain, before, count, origin) in _touched) chain.Fill(before, count, origin);
        ForgetTouched();
        return false;
    }

    /// <summary>The changes are in the kernel.</summary>
    public void Settle(in XtTableInfo info)
    {
        Info = info;
        ForgetTouched();
        var entry = 0;
        foreach (var chain in _chains)
        {
            if (!chain.IsBuiltIn) entry++;
            chain.Settle(entry);
            entry += chain.Count + 1;
        }
    }

    private void ForgetTouched()
    {
        foreach (var (chain, _, _, _) in _touched) chain.IsTouched = false;
        _touched.Clear();
    }

    private static int Compare(LegacyChain left, LegacyChain right) => left.Name.AsSpan().SequenceCompareTo(right.Name);

    private int TakeNumber()
    {
        if (_freeNumbers.Count == 0)
        {
            _numbers.Add(null);
            return _numbers.Count - 1;
        }

        var number = _freeNumbers[^1];
        _freeNumbers.RemoveAt(_freeNumbers.Count - 1);
        return number;
    }

    private void Enter(LegacyChain chain)
    {
        _numbers[chain.Id] = chain;
        _names.Add(chain);
    }

    /// <summary>Puts the new chains where their names belong, and leaves out those that were removed.</summary>
    private void Order()
    {
        if (_created.Count == 0 && !_hasRemoved) return;
        if (_hasRemoved) _chains.RemoveAll(chain => !ReferenceEquals(_numbers[chain.Id], chain));

        // Merged from behind, in place: the list is large, and new at every change it would be garbage at every change.
        _created.Sort(Compare);
        var next = _chains.Count - 1;
        CollectionsMarshal.SetCount(_chains, _chains.Count + _created.Count);
        var all = CollectionsMarshal.AsSpan(_chains);
        for (var (at, made) = (all.Length - 1, _created.Count - 1); made >= 0; at--)
        {
            var fromMade = next < 0 || all[next].IsBuiltIn || Compare(all[next], _created[made]) < 0;
            all[at] = fromMade ? _created[made--] : all[next--];
        }

        _created.Clear();
        _created.TrimExcess();
        _hasRemoved = false;
    }
}
