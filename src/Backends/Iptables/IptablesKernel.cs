using System.Buffers;
using System.Collections.Immutable;
using System.Text;

namespace Shunt.Backends.Iptables;

/// <summary>
/// The kernel's rules, read through iptables-save and written through iptables-restore: one call for each table that changes, so that a
/// refusal leaves no doubt about what was done.
/// </summary>
public sealed class IptablesKernel : IKernel<IptablesProgram, IptablesDelta>
{
    private readonly IptablesTools _tools;
    private readonly bool _counts;
    private readonly ArrayBufferWriter<byte> _buffer = new();

    /// <summary>The kernel behind some tools.</summary>
    /// <param name="tools">The tools.</param>
    /// <param name="counts">Rules refer to nfacct counters, which must exist before they do.</param>
    public IptablesKernel(IptablesTools tools, bool counts)
    {
        _tools = tools;
        _counts = counts;
    }

    /// <inheritdoc/>
    public async ValueTask<IptablesProgram> ReadAsync(CancellationToken ct) =>
        new() { Unclaimed = IptablesText.ParseSave(await _tools.SaveAsync(ct)) };

    /// <inheritdoc/>
    public ValueTask<KernelAnswer<IptablesDelta>> ApplyAsync(IptablesDelta delta, CancellationToken ct)
    {
        if (_counts) IptablesHost.EnsureCounters();
        return WriteAsync(delta, ct);
    }

    /// <inheritdoc/>
    public async ValueTask<bool> IsIntactAsync(IptablesProgram expected, CancellationToken ct)
    {
        if (expected.Base is not { } shared) return false;
        if (await _tools.ListAsync(IptablesTable.Mangle, "KUBE-PROXY-CANARY", ct) is null) return false;
        foreach (var (table, rules) in Anchors(shared))
        {
            var chain = Encoding.ASCII.GetString(RuleLine.Chain(rules.Span));
            if (await _tools.ListAsync(table, chain, ct) is not { } listed || !Contains(listed, rules)) return false;
        }

        return true;
    }

    /// <inheritdoc/>
    public async ValueTask CleanupAsync(CancellationToken ct)
    {
        var delta = IptablesCleanup.Plan(IptablesText.ParseSave(await _tools.SaveAsync(ct)));
        if (delta.IsEmpty) return;
        var answer = await WriteAsync(delta, ct);
        if (answer.Refused is not null) throw new KernelException(answer.Reason);
    }

    private async ValueTask<KernelAnswer<IptablesDelta>> WriteAsync(IptablesDelta delta, CancellationToken ct)
    {
        long sent = 0;
        for (var table = IptablesTable.Mangle; table <= IptablesTable.Nat; table++)
        {
            if (!delta.Touches(table)) continue;
            _buffer.ResetWrittenCount();
            IptablesText.WriteRestore(delta, table, _buffer);
            sent += _buffer.WrittenCount;
            if (await _tools.RestoreAsync(_buffer.WrittenMemory, ct) is { } reason) return new(sent, delta.From(table), reason);
        }

        return new(sent);
    }

    /// <summary>Rules without which nothing works: one way into each table, and the masquerading. A flush of either table takes one along.</summary>
    private static IEnumerable<(IptablesTable Table, ReadOnlyMemory<byte> Rules)> Anchors(IptablesBase shared)
    {
        foreach (var hook in shared.Hooks)
        {
            var chain = Encoding.ASCII.GetString(RuleLine.Chain(hook.Rules.Span));
            if (chain is "PREROUTING" or "FORWARD") yield return hook;
        }

        yield return (IptablesTable.Nat, shared.Fixed.Nat[..(shared.Fixed.Nat.Span.IndexOf((byte)'\n') + 1)]);
    }

    private static bool Contains(ReadOnlyMemory<byte> listed, ReadOnlyMemory<byte> rule) => listed.Span.IndexOf(rule.Span) >= 0;
}
