using System.Collections.Immutable;
using Shunt.Backends;
using Shunt.Backends.Nftables;
using Shunt.Model;
using Shunt.Testing.Tracing;

namespace Shunt.Testing.Nftables;

/// <summary>
/// nf_tables in memory, as far as our table goes: transactions of few units, all or nothing, with the kernel's answers to elements that are there
/// or not. It can fail, and refuse. Held against the real kernel by running the same laws on both.
/// </summary>
public sealed class FakeNftables : IKernel<NftablesProgram, NftablesDelta>
{
    private const int UnitsPerTransaction = 3;

    private Table? _table;

    /// <summary>How often it was read.</summary>
    public int Reads { get; private set; }

    /// <summary>How many transactions were put in force.</summary>
    public int Transactions { get; private set; }

    /// <summary>Every operation from this one on fails, until it is set anew; null for none.</summary>
    public int? FailsIn { get; set; }

    /// <summary>Refuses elements with this comment; empty for none.</summary>
    public string Refuses { get; set; } = "";

    /// <summary>Called after each transaction.</summary>
    public Action? Committed { get; set; }

    /// <summary>What is there, line by line; not counted as a read.</summary>
    public IReadOnlyList<string> Meaning(IpFamily family) => NftablesMeaning.Of(Image(), family);

    /// <summary>What is there, for a tracer; not counted as a read.</summary>
    public NftablesRuleset Ruleset() => new(_table?.Chains.Values.ToArray() ?? [], Image());

    /// <inheritdoc/>
    public ValueTask<NftablesProgram> ReadAsync(CancellationToken ct)
    {
        Reads++;
        MaybeFail();
        return new(new NftablesProgram { Image = Image() });
    }

    /// <inheritdoc/>
    public ValueTask<KernelAnswer<NftablesDelta>> ApplyAsync(NftablesDelta delta, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(delta);
        var refused = new SortedSet<int>();
        foreach (var second in new[] { false, true })
        {
            for (var start = 0; start < delta.Units.Length; start += UnitsPerTransaction)
            {
                Commit(delta, start, Math.Min(start + UnitsPerTransaction, delta.Units.Length), second, refused);
            }
        }

        if (refused.Count == 0) return new(new KernelAnswer<NftablesDelta>(1));
        var family = delta.Units[0].Base?.Family ?? IpFamily.IPv4;
        return new(new KernelAnswer<NftablesDelta>(1, new NftablesDelta(family, [.. refused.Select(unit => delta.Units[unit])]), "refused"));
    }

    /// <inheritdoc/>
    public ValueTask<bool> IsIntactAsync(NftablesProgram expected, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(expected);
        return new(expected.Base is { } wanted && BaseDiffer.IsIntact(Image(), wanted));
    }

    /// <inheritdoc/>
    public ValueTask CleanupAsync(CancellationToken ct)
    {
        _table = null;
        return ValueTask.CompletedTask;
    }

    private void Commit(NftablesDelta delta, int start, int end, bool second, SortedSet<int> refused)
    {
        while (true)
        {
            MaybeFail();
            var next = _table?.Clone();
            var culprit = -1;
            for (var unit = start; unit < end && culprit < 0; unit++)
            {
                if (refused.Contains(unit)) continue;
                if (!second && delta.Units[unit].Base is { } change) next = Apply(next, change);
                if (!Apply(next, second ? delta.Units[unit].Second : delta.Units[unit].First)) culprit = unit;
            }

            if (culprit < 0)
            {
                _table = next;
                Transactions++;
                Committed?.Invoke();
                return;
            }

            refused.Add(culprit);
        }
    }

    private static Table? Apply(Table? table, BaseChange change)
    {
        if (change.DeletesTable) table = null;
        if (change.AddsTable) table ??= new Table();
        if (table is null) throw new KernelException("no table");
        foreach (var set in change.Sets) table.Sets.TryAdd(set.Name, ImmutableDictionary.CreateBuilder<string, (byte[] Data, byte[] Comment)>());
        foreach (var chain in change.Chains) table.Chains.TryAdd(chain.Name, chain with { Rules = [] });
        foreach (var chain in change.Flushed) table.Chains[chain] = table.Chains[chain] with { Rules = [] };
        foreach (var (chain, rules) in change.Rules) table.Chains[chain] = table.Chains[chain] with { Rules = [.. table.Chains[chain].Rules, .. rules] };
        foreach (var chain in change.DeletedChains) table.Chains.Remove(chain);
        foreach (var set in change.DeletedSets) table.Sets.Remove(set);
        return table;
    }

    /// <returns>False when the kernel would refuse an element.</returns>
    private bool Apply(Table? table, TapeRange range)
    {
        for (var offset = range.Start; offset < range.End;)
        {
            var element = range.Tape.At(offset);
            offset = element.Next;
            if (table is null || !table.Sets.TryGetValue(element.Set.Name, out var set)) return false; // ENOENT
            var key = Convert.ToHexString(element.Key);
            if (element.Operation == ElementOperation.Delete)
            {
                if (!set.Remove(key)) return false; // ENOENT
                continue;
            }

            var comment = element.Comment.ToArray();
            if (Refuses.Length > 0 && System.Text.Encoding.UTF8.GetString(comment) == Refuses) return false;
            if (set.TryGetValue(key, out var there) && !there.Data.AsSpan().SequenceEqual(element.Data)) return false; // EEXIST
            set.TryAdd(key, (element.Data.ToArray(), comment)); // what is there keeps its comment
        }

        return true;
    }

    private NftablesImage Image()
    {
        var image = new NftablesImage { HasTable = _table is not null };
        if (_table is null) return image;
        foreach (var (name, chain) in _table.Chains) image.Chains.Add(name, (chain.Hook, [.. chain.Rules.Select(static rule => rule.Fingerprint)]));
        foreach (var (name, set) in _table.Sets)
        {
            image.Sets.Add(name, true);
            Assert.True(SetId.TryParse(name, out var id), name);
            foreach (var (key, (data, comment)) in set) image.Elements.Add(id, Convert.FromHexString(key), data, comment);
        }

        return image;
    }

    private void MaybeFail()
    {
        if (FailsIn is not { } left) return;
        if (left == 0) throw new KernelException("the fake kernel was told to fail");
        FailsIn = left - 1;
    }

    private sealed class Table
    {
        public Dictionary<string, TableChain> Chains { get; } = [];

        public Dictionary<string, ImmutableDictionary<string, (byte[] Data, byte[] Comment)>.Builder> Sets { get; } = [];

        public Table Clone()
        {
            var copy = new Table();
            foreach (var (name, chain) in Chains) copy.Chains.Add(name, chain);
            foreach (var (name, set) in Sets) copy.Sets.Add(name, set.ToImmutable().ToBuilder());
            return copy;
        }
    }
}
