using System.Collections.Immutable;
using System.Text;
using Shunt.Model;
using Shunt.Netlink.Netfilter;

namespace Shunt.Backends.Iptables.NftVariant;

/// <summary>
/// The rules of iptables' nft variant, over netlink: the objects that iptables-nft would have made, so that it lists them, but single rules are
/// put in and taken out, and nothing is written again. A large load is cut into transactions of bounded size between Service ports, and no packet
/// comes before the last.
/// </summary>
public sealed class NftVariantKernel : IKernel<IptablesProgram, IptablesDelta>, IWatchedKernel, IDisposable
{
    /// <summary>Transactions are ended when they are longer than this. The kernel's time for one grows with it, and other writers wait.</summary>
    private const int TransactionBytes = 1024 * 1024;

    private readonly IpFamily _family;
    private readonly bool _counts;
    private readonly NftTables _tables;
    private readonly NftVariantWriter _writer;
    private NftVariantTable[]? _known;
    private volatile HashSet<(string Table, ulong Handle)> _hooks = [];

    /// <summary>The rules of one family, in the calling thread's network namespace.</summary>
    /// <param name="family">The family.</param>
    /// <param name="counts">Rules refer to nfacct counters, which must exist before they do.</param>
    /// <exception cref="KernelException">The kernel has no nf_tables, or the process may not.</exception>
    public NftVariantKernel(IpFamily family, bool counts)
    {
        _family = family;
        _counts = counts;
        _writer = new NftVariantWriter(family);
        _tables = KernelAccess.Ask(NftTables.Open);
    }

    /// <inheritdoc/>
    public uint PortId => _tables.PortId;

    /// <inheritdoc/>
    /// <remarks>A chain of ours, what is in it, or a rule that led to one: others' rules come and go in built-in chains all the time.</remarks>
    public bool IsOurs(NftTouched touched)
    {
        if (touched.Family != _family.ToNetfilter() || touched.Table is not ("nat" or "filter" or "mangle")) return false;
        return touched.Kind switch
        {
            NftObject.Table => touched.Removed,
            NftObject.Chain => IptablesNames.IsOurs(Encoding.UTF8.GetBytes(touched.Name)),
            NftObject.Rule => IptablesNames.IsOurs(Encoding.UTF8.GetBytes(touched.Name)) || touched.Removed && _hooks.Contains((touched.Table, touched.Handle)),
            _ => false,
        };
    }

    /// <inheritdoc/>
    public ValueTask<IptablesProgram> ReadAsync(CancellationToken ct) => new(new IptablesProgram { Unclaimed = Read(ct) });

    /// <inheritdoc/>
    public ValueTask<KernelAnswer<IptablesDelta>> ApplyAsync(IptablesDelta delta, CancellationToken ct)
    {
        if (_counts) IptablesHost.EnsureCounters();
        return new(KernelAccess.Ask(new Sending(this, delta, ct).Send));
    }

    /// <inheritdoc/>
    public ValueTask<bool> IsIntactAsync(IptablesProgram expected, CancellationToken ct) =>
        new(expected.Base is { } shared && _tables.ReadConsistently(() => IsIntact(shared), ct));

    /// <inheritdoc/>
    public ValueTask CleanupAsync(CancellationToken ct)
    {
        var answer = KernelAccess.Ask(new Sending(this, IptablesCleanup.Plan(Read(ct)), ct).Send);
        return answer.Refused is null ? ValueTask.CompletedTask : throw new KernelException(answer.Reason);
    }

    /// <inheritdoc/>
    public void Dispose() => _tables.Dispose();

    private IptablesDump Read(CancellationToken ct) => _tables.ReadConsistently(
        () =>
        {
            _known = null;
            var reader = new NftVariantReader(_tables, _family);
            var dump = reader.Read();
            Remember(reader.Tables);
            return dump;
        },
        ct);

    private void Remember(NftVariantTable[] tables)
    {
        _known = tables;
        var hooks = new HashSet<(string, ulong)>();
        foreach (var table in tables) table.AddHooks(hooks);
        if (!hooks.SetEquals(_hooks)) _hooks = hooks;
    }

    /// <summary>Looks for the rules that lead to our chains, the canary, and the chain that masquerades, which a flush leaves empty.</summary>
    private bool IsIntact(IptablesBase shared)
    {
        if (!_tables.HasChain(_family.ToNetfilter(), "mangle", "KUBE-PROXY-CANARY")) return false;
        var read = new Dictionary<(IptablesTable, string), ReadOnlyMemory<byte>>();
        foreach (var (table, hook) in shared.Hooks)
        {
            if (!Has(table, hook)) return false;
        }

        return Has(IptablesTable.Nat, shared.Fixed.Nat[..(shared.Fixed.Nat.Span.IndexOf((byte)'\n') + 1)]);

        bool Has(IptablesTable table, ReadOnlyMemory<byte> rule)
        {
            var chain = Encoding.UTF8.GetString(RuleLine.Chain(rule.Span));
            if (!read.TryGetValue((table, chain), out var rules)) read[(table, chain)] = rules = new NftVariantReader(_tables, _family).Read(table, chain);
            return rules.Span.IndexOf(rule.Span) >= 0;
        }
    }

    /// <summary>A transaction on its way into the kernel.</summary>
    private sealed class Sending(NftVariantKernel kernel, IptablesDelta delta, CancellationToken ct)
    {
        private readonly SortedDictionary<int, string> _refused = [];
        private readonly List<NftEcho> _echoes = [];
        private long _sent;

        private NftVariantWriter Writer => kernel._writer;

        public KernelAnswer<IptablesDelta> Send()
        {
            for (var start = 0; start < delta.Units.Length;) start = SendFrom(start);
            if (_refused.Count == 0) return new(_sent);
            var units = ImmutableArray.CreateBuilder<DeltaUnit>(_refused.Count);
            var reason = "";
            foreach (var (unit, why) in _refused)
            {
                units.Add(delta.Units[unit]);
                if (reason.Length == 0) reason = why;
            }

            return new(_sent, new IptablesDelta(units.ToImmutable()), reason);
        }

        /// <summary>Sends units until the transaction is long enough; without those that the kernel does not take.</summary>
        /// <returns>The first unit that was not in it.</returns>
        private int SendFrom(int start)
        {
            while (true)
            {
                ct.ThrowIfCancellationRequested();
                if (kernel._known is null) kernel.Read(ct);
                Writer.Begin(kernel._known!);
                if (!TryWrite(start, out var end)) continue;
                if (Writer.Batch.IsEmpty || TryCommit(start, end)) return end;
            }
        }

        private bool TryWrite(int start, out int end)
        {
            for (end = start; end < delta.Units.Length; end++)
            {
                if (Writer.Batch.Length >= TransactionBytes) return true;
                if (!TryWrite(end, Writer.Write)) return false;
            }

            for (var unit = 0; unit < delta.Units.Length; unit++)
            {
                if (!TryWrite(unit, Writer.WriteHooks)) return false;
            }

            return true;
        }

        private bool TryWrite(int unit, Action<DeltaUnit> write)
        {
            if (_refused.ContainsKey(unit)) return true;
            Writer.Batch.Owner = unit;
            try
            {
                write(delta.Units[unit]);
                return true;
            }
            catch (KernelException e)
            {
                Refuse(unit, unit, e.Message);
                return false;
            }
        }

        private bool TryCommit(int start, int end)
        {
            Writer.AskForHandles();
            _sent += Writer.Batch.Length;
            _echoes.Clear();
            var errors = kernel._tables.Apply(Writer.Batch, _echoes);
            if (errors.IsEmpty)
            {
                if (Writer.Settle(_echoes)) kernel.Remember(kernel._known!);
                else kernel._known = null;
                return true;
            }

            foreach (var error in errors)
            {
                if (error.Errno.IsOfTheWhole()) throw new KernelException($"nf_tables: {error.Subject}: {error.Errno}");

                // Where the kernel does not say which it is, all are, and are tried again in halves.
                var (first, last) = error.Owner < 0 ? (start, end - 1) : (error.Owner, error.Owner);
                Refuse(first, last, $"{error.Subject}: {error.Errno}");
            }

            return false;
        }

        private void Refuse(int first, int last, string reason)
        {
            kernel._known = null; // what was written into it is not in force
            for (var unit = first; unit <= last; unit++) _refused.TryAdd(unit, reason);
        }
    }
}
