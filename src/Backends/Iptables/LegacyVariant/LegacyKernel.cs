using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Shunt.Model;
using Shunt.Netlink;
using Shunt.Netlink.Xtables;

namespace Shunt.Backends.Iptables.LegacyVariant;

/// <summary>
/// The rules of x_tables, which iptables-legacy uses, read and written without a tool. The kernel takes a table as a whole only, so what it
/// has is kept in mind between one write and the next, others' rules too, and read again whenever others may have changed it.
/// </summary>
public sealed class LegacyKernel : IKernel<IptablesProgram, IptablesDelta>, IDisposable
{
    private const int WriteAttempts = 10;
    private const int TableCount = 3;

    private readonly IpFamily _family;
    private readonly bool _counts;
    private readonly ILogger _logger;
    private readonly XtTables _kernel;
    private readonly XtablesLock _file;
    private readonly LegacyLock _lock;
    private readonly LegacyEditor _editor;
    private readonly bool _hadTables;
    private readonly LegacyTable?[] _tables = new LegacyTable?[TableCount]; // null when it has to be read

    /// <summary>The tables of one family, in the calling thread's network namespace.</summary>
    /// <param name="family">The family.</param>
    /// <param name="counts">Rules refer to nfacct counters, which must exist before they do.</param>
    /// <param name="logger">Gets to know who is in the way; null for nobody.</param>
    /// <exception cref="KernelException">The process may not, or the lock file cannot be opened.</exception>
    public LegacyKernel(IpFamily family, bool counts, ILogger? logger)
        : this(family, counts, logger, XtablesLock.StandardPath)
    {
    }

    /// <summary>The same with another lock file than the usual one.</summary>
    internal LegacyKernel(IpFamily family, bool counts, ILogger? logger, string lockFile)
    {
        _family = family;
        _counts = counts;
        _logger = logger ?? NullLogger.Instance;
        _editor = new LegacyEditor(EntryLayout.Of(family));
        _hadTables = LegacyAccess.TableNames(family).Length > 0;
        (_kernel, _file) = LegacyAccess.Open(family, lockFile);
        _lock = new LegacyLock(_file, _logger);
    }

    /// <summary>Why the tables of a family cannot be used like this; null when they can. Makes no table that is not there.</summary>
    public static string? Probe(IpFamily family) => LegacyAccess.Probe(family);

    /// <inheritdoc/>
    public ValueTask<IptablesProgram> ReadAsync(CancellationToken ct) => new(new IptablesProgram { Unclaimed = Read() });

    /// <inheritdoc/>
    public ValueTask<KernelAnswer<IptablesDelta>> ApplyAsync(IptablesDelta delta, CancellationToken ct)
    {
        if (_counts) IptablesHost.EnsureCounters();
        return LockedAsync(() => Write(delta, ct), ct);
    }

    /// <inheritdoc/>
    public ValueTask<bool> IsIntactAsync(IptablesProgram expected, CancellationToken ct)
    {
        if (expected.Base is not { } shared) return new(false);
        NoticeOthers();
        foreach (var chain in shared.Chains)
        {
            if (Current(chain.Table).Find(Encoding.ASCII.GetBytes(chain.Name)) is null) return new(false);
        }

        foreach (var (table, rules) in shared.Hooks)
        {
            if (!Has(table, rules)) return new(false);
        }

        // The chain that masquerades is not only there: a flush that leaves chains alone leaves it empty.
        return new(Has(IptablesTable.Nat, shared.Fixed.Nat));
    }

    /// <inheritdoc/>
    public async ValueTask CleanupAsync(CancellationToken ct)
    {
        if (!_hadTables && _tables.AsSpan().IndexOfAnyExcept((LegacyTable?)null) < 0) return; // looking at them would make them
        var answer = await LockedAsync(() => IptablesCleanup.Plan(Read()) is { IsEmpty: false } delta ? Write(delta, ct) : default, ct);
        if (answer.Refused is not null) throw new KernelException(answer.Reason);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _kernel.Dispose();
        _file.Dispose();
    }

    private async ValueTask<T> LockedAsync<T>(Func<T> action, CancellationToken ct)
    {
        await _lock.AcquireAsync(ct);
        try
        {
            NoticeOthers();
            return action();
        }
        finally
        {
            _file.Release();
        }
    }

    /// <summary>What others may have changed must be read again.</summary>
    private void NoticeOthers()
    {
        if (_file.WasUsedByOthers()) Array.Clear(_tables);
    }

    private IptablesDump Read()
    {
        NoticeOthers();
        var dump = new LegacyDump(EntryLayout.Of(_family));
        for (var table = IptablesTable.Mangle; table <= IptablesTable.Nat; table++) dump.Add(table, Load(table));
        return dump.Finish();
    }

    private LegacyTable Load(IptablesTable which)
    {
        var name = IptablesText.Name(which);
        Log.ReadingTable(_logger, name);
        var (blob, info) = LegacyAccess.Ask(() => (_kernel.Read(name, out var layout), layout));
        using (blob)
        {
            return _tables[(int)which] = LegacyTableReader.Read(name, _family, blob.Entries, info);
        }
    }

    /// <summary>A table as it is now, as far as can be told without reading it.</summary>
    private LegacyTable Current(IptablesTable which) =>
        _tables[(int)which] is { } known && LegacyAccess.Ask(() => _kernel.GetInfo(known.Name)) == known.Info ? known : Load(which);

    private bool Has(IptablesTable which, ReadOnlyMemory<byte> rules)
    {
        var first = new LineReader(rules);
        if (!first.MoveNext()) return true;
        var table = Current(which);
        return table.Find(RuleLine.Chain(first.Current.Span)) is { } chain && _editor.Has(chain, first.Current, table);
    }

    private KernelAnswer<IptablesDelta> Write(IptablesDelta delta, CancellationToken ct)
    {
        long sent = 0;
        for (var table = IptablesTable.Mangle; table <= IptablesTable.Nat; table++)
        {
            if (!delta.Touches(table)) continue;
            ct.ThrowIfCancellationRequested();
            var (bytes, reason) = Write(delta, table);
            sent += bytes;
            if (reason is not null) return new(sent, delta.From(table), reason);
        }

        return new(sent);
    }

    private (long Sent, string? Reason) Write(IptablesDelta delta, IptablesTable which)
    {
        for (var attempt = 1; ; attempt++)
        {
            var table = Current(which);
            _tables[(int)which] = null; // of no use unless all goes well
            if (_editor.Apply(delta, which, table) is { } refused) return (0, refused);
            if (!table.Finish())
            {
                _tables[(int)which] = table;
                return (0, null);
            }

            var (sent, errno) = Replace(table);
            if (errno == NetlinkErrno.None)
            {
                _tables[(int)which] = table;
                return (sent, null);
            }

            var reason = $"the kernel refuses the table {table.Name}: {errno}";
            if (errno is NetlinkErrno.ENOMEM or NetlinkErrno.EPERM or NetlinkErrno.ENOPROTOOPT) throw new KernelException(reason);
            if (errno != NetlinkErrno.EAGAIN) return (sent, reason);
            if (attempt == WriteAttempts) throw new KernelException($"the table {table.Name} changes faster than it can be written");
            Log.Overtaken(_logger, table.Name);
        }
    }

    private (long Sent, NetlinkErrno Errno) Replace(LegacyTable table)
    {
        var writer = new LegacyTableWriter(table);
        using var old = new XtCounters(table.Info.Entries);
        using var blob = writer.Write();
        var errno = _kernel.Replace(table.Name, blob, writer.Info, old);
        if (errno != NetlinkErrno.None) return (blob.Length, errno);

        // Fails only when somebody without the lock has been quicker, and then the counters are his.
        using var counters = writer.Counters(old.Values);
        if (counters is not null) _kernel.AddCounters(table.Name, counters);
        table.Settle(writer.Info);
        return (blob.Length, NetlinkErrno.None);
    }
}
