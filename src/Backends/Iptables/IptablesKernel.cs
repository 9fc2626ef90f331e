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
        new() { Unclaimed = await _tools.SaveAsync(ct) };

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
        return await HasHooksAsync(shared, IptablesTable.Filter, "FORWARD", ct)
            && await HasHooksAsync(shared, IptablesTable.Nat, "PREROUTING", ct)
            && await HasMasqueradingAsync(shared, ct);
    }

    /// <inheritdoc/>
    public async ValueTask CleanupAsync(CancellationToken ct)
    {
        var delta = IptablesCleanup.Plan(await _tools.SaveAsync(ct));
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
            var reason = await _tools.RestoreAsync(async input => sent += await IptablesText.WriteRestoreAsync(delta, table, input, CancellationToken.None), ct);
            if (reason is not null) return new(sent, delta.From(table), reason);
        }

        return new(sent);
    }

    /// <summary>One way into each table is enough to tell: a flush takes all of them along.</summary>
    private async ValueTask<bool> HasHooksAsync(IptablesBase shared, IptablesTable table, string chain, CancellationToken ct)
    {
        if (await _tools.ListAsync(table, chain, ct) is not { } listed) return false;
        foreach (var hook in shared.Hooks)
        {
            if (hook.Table == table && Ascii.Equals(RuleLine.Chain(hook.Rules.Span), chain) && listed.Span.IndexOf(hook.Rules.Span) < 0) return false;
        }

        return true;
    }

    /// <summary>The chain that masquerades is not only there: a flush that leaves chains alone leaves it empty.</summary>
    private async ValueTask<bool> HasMasqueradingAsync(IptablesBase shared, CancellationToken ct)
    {
        var first = shared.Fixed.Nat[..(shared.Fixed.Nat.Span.IndexOf((byte)'\n') + 1)];
        var chain = Encoding.ASCII.GetString(RuleLine.Chain(first.Span));
        return await _tools.ListAsync(IptablesTable.Nat, chain, ct) is { } listed && listed.Span.IndexOf(first.Span) >= 0;
    }
}
