using System.Collections.Immutable;
using Shunt.Model;
using Shunt.Netlink;
using Shunt.Netlink.Netfilter;

namespace Shunt.Backends.Nftables;

/// <summary>
/// Our table in the kernel, over netlink. A large load is cut into transactions of bounded size between Services: what a Service has is in
/// force at once.
/// </summary>
public sealed class NftablesKernel : IKernel<NftablesProgram, NftablesDelta>, IWatchedKernel, IDisposable
{
    /// <summary>Transactions are ended when they are longer than this. The kernel's time for one grows with it, and other writers wait.</summary>
    private const int TransactionBytes = 256 * 1024;

    private static readonly TimeProvider Time = TimeProvider.System;

    /// <summary>After so long no packet is under way that read what was there before.</summary>
    private static readonly TimeSpan Settled = TimeSpan.FromMilliseconds(100);

    private readonly NetfilterFamily _family;
    private readonly IpFamily _ipFamily;
    private readonly NftTables _tables;
    private readonly NftBatch _batch;
    private readonly ElementTape _deferred = new();
    private long _deferredSince;

    /// <summary>The table of one family, in the calling thread's network namespace.</summary>
    /// <exception cref="KernelException">The kernel has no nf_tables, or the process may not.</exception>
    public NftablesKernel(IpFamily family)
    {
        _ipFamily = family;
        _family = family.ToNetfilter();
        _tables = KernelAccess.Ask(NftTables.Open);
        _batch = new NftBatch(_family, NftablesNames.Table);
    }

    /// <inheritdoc/>
    public uint PortId => _tables.PortId;

    /// <inheritdoc/>
    public bool IsOurs(NftTouched touched) => touched.Family == _family && touched.Table == NftablesNames.Table;

    /// <inheritdoc/>
    public ValueTask<NftablesProgram> ReadAsync(CancellationToken ct) => new(new NftablesProgram { Image = Read(withElements: true, ct) });

    /// <inheritdoc/>
    public ValueTask<bool> IsIntactAsync(NftablesProgram expected, CancellationToken ct) =>
        new(expected.Base is { } wanted && BaseDiffer.IsIntact(Read(withElements: false, ct), wanted));

    /// <inheritdoc/>
    public ValueTask<KernelAnswer<NftablesDelta>> ApplyAsync(NftablesDelta delta, CancellationToken ct)
    {
        var sending = new Sending(this, delta, ct);
        KernelAccess.Ask(() =>
        {
            DeleteDeferred();
            sending.Send();
            return true;
        });
        return new(sending.Answer());
    }

    /// <inheritdoc/>
    public ValueTask CleanupAsync(CancellationToken ct)
    {
        NftablesCleanup.Remove(_ipFamily, NftablesNames.Table);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            DeleteDeferred();
        }
        catch (NetlinkException)
        {
            // Nothing leads there, and the next start removes it.
        }

        _tables.Dispose();
    }

    private NftablesImage Read(bool withElements, CancellationToken ct)
    {
        KernelAccess.Ask(() =>
        {
            DeleteDeferred();
            return true;
        });
        return _tables.ReadConsistently(() => new ImageLoader(_tables, _family, _ipFamily).Load(withElements), ct);
    }

    /// <summary>
    /// Deletes what nothing leads to any more. A packet under way may have read how many endpoints there were, and be about to look up the last of
    /// them, so that takes some time; the next transaction is time enough.
    /// </summary>
    private void DeleteDeferred()
    {
        if (_deferred.Length == 0) return;
        if (Time.GetElapsedTime(_deferredSince) < Settled) GracePeriod.Wait();
        _batch.Clear();
        BatchWriter.Write(_batch, new TapeRange(_deferred, 0, _deferred.Length), static _ => true);
        if (!_tables.Apply(_batch).IsEmpty) DeleteDeferredOneByOne();
        _deferred.Truncate(0);
    }

    /// <summary>Somebody else was here, and some are gone already.</summary>
    private void DeleteDeferredOneByOne()
    {
        for (var offset = 0; offset < _deferred.Length;)
        {
            var next = _deferred.At(offset).Next;
            _batch.Clear();
            BatchWriter.Write(_batch, new TapeRange(_deferred, offset, next), static _ => true);
            _tables.Apply(_batch); // what is left the next reading finds
            offset = next;
        }
    }

    private void Defer(TapeRange range)
    {
        BatchWriter.CopyDeferrable(range, _deferred);
        _deferredSince = Time.GetTimestamp();
    }

    /// <summary>A transaction on its way into the kernel.</summary>
    private sealed class Sending(NftablesKernel kernel, NftablesDelta delta, CancellationToken ct)
    {
        private readonly SortedDictionary<int, string> _refused = [];
        private long _sent;

        private NftBatch Batch => kernel._batch;

        public void Send()
        {
            Send(static (batch, unit) => BatchWriter.WriteFirst(batch, unit));
            if (delta.ForgetsClients) GracePeriod.Wait();
            Send(static (batch, unit) => BatchWriter.WriteSecond(batch, unit));
            for (var unit = 0; unit < delta.Units.Length; unit++)
            {
                if (!_refused.ContainsKey(unit)) kernel.Defer(delta.Units[unit].Second);
            }
        }

        public KernelAnswer<NftablesDelta> Answer()
        {
            if (_refused.Count == 0) return new(_sent);
            var units = ImmutableArray.CreateBuilder<NftablesUnit>(_refused.Count);
            var reason = "";
            foreach (var (unit, why) in _refused)
            {
                units.Add(delta.Units[unit]);
                if (reason.Length == 0) reason = why;
            }

            return new(_sent, new NftablesDelta(kernel._ipFamily, units.ToImmutable()), reason);
        }

        private void Send(Action<NftBatch, NftablesUnit> write)
        {
            for (var start = 0; start < delta.Units.Length;)
            {
                ct.ThrowIfCancellationRequested();
                var end = Write(start, delta.Units.Length, write);
                Commit(start, end, write);
                start = end;
            }
        }

        /// <summary>Writes units until the transaction is long enough.</summary>
        /// <returns>The first unit that is not in it.</returns>
        private int Write(int start, int end, Action<NftBatch, NftablesUnit> write)
        {
            Batch.Clear();
            for (var unit = start; unit < end; unit++)
            {
                if (Batch.Length >= TransactionBytes && !IsOfOneService(unit - 1, unit)) return unit;
                if (_refused.ContainsKey(unit)) continue;
                Batch.Owner = unit;
                write(Batch, delta.Units[unit]);
            }

            return end;
        }

        /// <summary>Sends what was written; without those units that the kernel does not take.</summary>
        private void Commit(int start, int end, Action<NftBatch, NftablesUnit> write)
        {
            while (!Batch.IsEmpty)
            {
                _sent += Batch.Length;
                var errors = kernel._tables.Apply(Batch);
                if (errors.IsEmpty) return;
                foreach (var error in errors)
                {
                    if (error.Errno.IsOfTheWhole()) throw new KernelException($"nf_tables: {error.Subject}: {error.Errno}");

                    // Where the kernel does not say which it is, all are, and are tried again in halves.
                    var (first, last) = error.Owner < 0 ? (start, end - 1) : (error.Owner, error.Owner);
                    for (var unit = first; unit <= last; unit++) _refused.TryAdd(unit, $"{error.Subject}: {error.Errno}");
                }

                Write(start, end, write);
            }
        }

        /// <summary>All ports of a Service come at once: its cluster IP refuses every port that is not there.</summary>
        private bool IsOfOneService(int left, int right) =>
            delta.Units[left].Owner is { } a && delta.Units[right].Owner is { } b && a.Name == b.Name && a.Namespace == b.Namespace;
    }
}
