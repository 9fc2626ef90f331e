using System.Runtime.InteropServices;
using System.Text;
using Shunt.Backends.Iptables.Rules;
using Shunt.Model;
using Shunt.Netlink.Netfilter;

namespace Shunt.Backends.Iptables.NftVariant;

/// <summary>
/// Writes operations on chains as a transaction of nf_tables, and keeps account of the rules' handles. The kernel numbers what is made in a table,
/// chains and rules alike, one after the other; so it is asked for the first and the last handle of a transaction, and the others follow.
/// </summary>
internal sealed class NftVariantWriter(IpFamily family)
{
    private const int Phases = 4; // of ChainOp.Phase

    private readonly NftBatch _batch = new(family.ToNetfilter(), "nat");
    private readonly NftRuleEncoder _encoder = new(family);
    private readonly Rule _rule = new();
    private readonly List<(RuleHandles Chain, ReadOnlyMemory<byte> Line, ulong Pending, IptablesTable Table)> _shared = [];
    private readonly List<(RuleHandles Chain, IptablesTable Table)> _owned = [];
    private readonly Numbering[] _numbering = [new(), new(), new()];
    private NftVariantTable[] _tables = [];

    /// <summary>The transaction so far.</summary>
    public NftBatch Batch => _batch;

    /// <summary>Begins a transaction.</summary>
    /// <param name="tables">What is there; it is kept up to date, and is of no use any more if the transaction fails.</param>
    public void Begin(NftVariantTable[] tables)
    {
        _tables = tables;
        _batch.Clear();
        _shared.Clear();
        _owned.Clear();
        foreach (var numbering in _numbering) numbering.Reset();
    }

    /// <summary>Adds what a unit does, but for the rules that lead to our chains from built-in ones.</summary>
    /// <exception cref="KernelException">It does something that cannot be done.</exception>
    public void Write(DeltaUnit unit)
    {
        foreach (var table in _tables)
        {
            if (unit[table.Table] is not { } operations) continue;
            for (var phase = 0; phase < Phases; phase++)
            {
                foreach (ref readonly var op in CollectionsMarshal.AsSpan(operations))
                {
                    if (op.Phase == phase && !LeadsToUs(table, op)) Write(table, op);
                }
            }
        }
    }

    /// <summary>Adds the rest of what a unit does: after it, packets come.</summary>
    public void WriteHooks(DeltaUnit unit)
    {
        foreach (var table in _tables)
        {
            foreach (ref readonly var op in CollectionsMarshal.AsSpan(unit[table.Table]))
            {
                if (LeadsToUs(table, op)) Write(table, op);
            }
        }
    }

    /// <summary>Asks for the handles that tell all others; before the transaction is sent.</summary>
    public void AskForHandles()
    {
        foreach (var numbering in _numbering)
        {
            if (numbering.First is not { } first) continue;
            _batch.Echo(first.Message);
            _batch.Echo(numbering.Last.Message);
        }
    }

    /// <summary>The transaction is in force: its rules get the handles that the kernel gave them.</summary>
    /// <returns>False when they cannot be told: then what is there has to be read anew.</returns>
    public bool Settle(List<NftEcho> echoes)
    {
        foreach (var numbering in _numbering)
        {
            if (!numbering.Settle(echoes)) return false;
        }

        foreach (var (chain, table) in _owned)
        {
            foreach (ref var handle in chain.InOrder) handle = Settled(handle, table);
        }

        foreach (var (chain, line, pending, table) in _shared) chain.Settle(line, pending, Settled(pending, table));
        return true;
    }

    private ulong Settled(ulong handle, IptablesTable table) =>
        (handle & RuleHandles.Pending) == 0 ? handle : _numbering[(int)table].Base + (handle & ~RuleHandles.Pending);

    private static bool LeadsToUs(NftVariantTable table, in ChainOp op) =>
        op.Kind == ChainOpKind.InsertFirst && NftVariantTable.HookOf(table.Table, Text(op.Chain)) is not null;

    private void Write(NftVariantTable table, in ChainOp op)
    {
        _batch.Table = table.Name;
        if (!table.Exists)
        {
            _batch.AddTable([]);
            table.Exists = true;
        }

        var name = Text(op.Chain);
        if (op.Kind is ChainOpKind.Create)
        {
            Ensure(table, op.Chain, name);
            return;
        }

        var chain = op.Kind == ChainOpKind.InsertFirst ? Ensure(table, op.Chain, name) : Find(table, op.Chain, name);
        switch (op.Kind)
        {
            case ChainOpKind.Flush:
                _batch.FlushChain(name);
                chain.Clear();
                break;
            case ChainOpKind.Append or ChainOpKind.AppendLast:
                Append(table, chain, name, op.Rules);
                break;
            case ChainOpKind.InsertFirst:
                Add(table, chain, name, op.Rules, NftPlace.First, 1);
                break;
            case ChainOpKind.InsertAt:
                Add(table, chain, name, op.Rules, PlaceAt(chain, op.Number), op.Number);
                break;
            case ChainOpKind.ReplaceAt:
                Replace(chain, name, op);
                break;
            case ChainOpKind.Delete:
                _batch.DeleteRule(name, chain.Take(op.Before) ?? throw new KernelException($"there is no such rule: {Text(op.Before)}"));
                break;
            case ChainOpKind.DeleteAt:
                _batch.DeleteRule(name, HandleOf(chain, op.Number));
                chain.RemoveAt(op.Number);
                break;
            case ChainOpKind.Remove:
                _batch.DeleteChain(name);
                table.Chains.Remove(ChainKey.Of(op.Chain.Span));
                break;
        }
    }

    /// <summary>The chain, which is made if it is not there.</summary>
    private RuleHandles Ensure(NftVariantTable table, ReadOnlyMemory<byte> chain, string name)
    {
        var key = ChainKey.Of(chain.Span);
        if (table.Chains.TryGetValue(key, out var known)) return known;
        var hook = NftVariantTable.HookOf(table.Table, name);
        _batch.AddChain(name, hook);
        _numbering[(int)table.Table].Count++;
        var made = new RuleHandles(hook is not null || IptablesNames.IsSharedChain(chain.Span));
        table.Chains.Add(key, made);
        return made;
    }

    private static RuleHandles Find(NftVariantTable table, ReadOnlyMemory<byte> chain, string name) =>
        table.Chains.GetValueOrDefault(ChainKey.Of(chain.Span)) ?? throw new KernelException($"there is no chain {name} in table {table.Name}");

    private void Append(NftVariantTable table, RuleHandles chain, string name, ReadOnlyMemory<byte> rules)
    {
        if (chain.IsShared)
        {
            var lines = new LineReader(rules);
            while (lines.MoveNext()) Add(table, chain, name, lines.Current, NftPlace.Last, 0);
            return;
        }

        Span<ulong> some = stackalloc ulong[16];
        var count = 0;
        var rest = new LineReader(rules);
        while (rest.MoveNext())
        {
            if (count == some.Length)
            {
                chain.Append(some);
                count = 0;
            }

            some[count++] = Send(table, name, rest.Current, NftPlace.Last);
        }

        chain.Append(some[..count]);
        _owned.Add((chain, table.Table));
    }

    private void Add(NftVariantTable table, RuleHandles chain, string name, ReadOnlyMemory<byte> rule, NftPlace place, int number)
    {
        var line = WithoutEnd(rule);
        var pending = Send(table, name, line, place);
        chain.Insert(number, line, pending);
        if (chain.IsShared) _shared.Add((chain, line, pending, table.Table));
        else _owned.Add((chain, table.Table));
    }

    /// <summary>The kernel gives the new rule the handle of the old one (nf_tables_newrule), so it is not numbered.</summary>
    private void Replace(RuleHandles chain, string name, in ChainOp op) =>
        Put(name, WithoutEnd(op.Rules), NftPlace.InsteadOf(HandleOf(chain, op.Number)));

    /// <summary>A rule that is on its way has no handle that others could be put beside, so the nearest that has one must do.</summary>
    private static NftPlace PlaceAt(RuleHandles chain, int number)
    {
        if (number == 1) return NftPlace.First;
        if (number > chain.Count + 1) throw NoSuchRule(number);
        if (number <= chain.Count && (chain[number] & RuleHandles.Pending) == 0) return NftPlace.Before(chain[number]);
        return NftPlace.After(HandleOf(chain, number - 1));
    }

    private static ulong HandleOf(RuleHandles chain, int number)
    {
        if (number > chain.Count || (chain[number] & RuleHandles.Pending) != 0) throw NoSuchRule(number);
        return chain[number];
    }

    /// <returns>The rule's number in the transaction, marked as such.</returns>
    private ulong Send(NftVariantTable table, string chain, ReadOnlyMemory<byte> line, NftPlace place) =>
        RuleHandles.Pending | _numbering[(int)table.Table].Next(Put(chain, line, place));

    /// <returns>The number of the rule's message.</returns>
    private uint Put(string chain, ReadOnlyMemory<byte> line, NftPlace place)
    {
        RuleParser.Parse(line, _rule);
        var target = _rule.Target.Kind == RuleTargetKind.Jump ? Text(_rule.Target.Chain) : null;
        return _batch.AddRule(chain, place, _encoder.Encode(_rule, target));
    }

    private static ReadOnlyMemory<byte> WithoutEnd(ReadOnlyMemory<byte> rule) => rule.Span is [.., (byte)'\n'] ? rule[..^1] : rule;

    private static KernelException NoSuchRule(int number) => new($"there is no rule number {number} that is in force");

    private static string Text(ReadOnlyMemory<byte> text) => Encoding.UTF8.GetString(text.Span);

    /// <summary>What is made in one table in a transaction.</summary>
    private sealed class Numbering
    {
        /// <summary>How many chains and rules were made.</summary>
        public ulong Count { get; set; }

        /// <summary>The first rule; null when there is none.</summary>
        public (uint Message, ulong Number)? First { get; private set; }

        /// <summary>The last rule.</summary>
        public (uint Message, ulong Number) Last { get; private set; }

        /// <summary>The handle that number zero would have.</summary>
        public ulong Base { get; private set; }

        public void Reset()
        {
            Count = 0;
            First = null;
        }

        public ulong Next(uint message)
        {
            Last = (message, Count++);
            First ??= Last;
            return Last.Number;
        }

        /// <summary>Finds <see cref="Base"/>; false when what the kernel said does not fit.</summary>
        public bool Settle(List<NftEcho> echoes)
        {
            if (First is not { } first) return true;
            if (HandleOf(first.Message, echoes) is not { } low || HandleOf(Last.Message, echoes) is not { } high) return false;
            Base = low - first.Number;
            return high - low == Last.Number - first.Number;
        }

        private static ulong? HandleOf(uint message, List<NftEcho> echoes)
        {
            foreach (var echo in echoes)
            {
                if (echo.Message == message) return echo.Handle;
            }

            return null;
        }
    }
}
