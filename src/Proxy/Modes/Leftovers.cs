using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Shunt.Backends;
using Shunt.Backends.Iptables;
using Shunt.Backends.Nftables;
using Shunt.Model;
using Shunt.Proxy.Options;

namespace Shunt.Proxy.Modes;

/// <summary>Removes what a mode left in the kernel, ours or kube-proxy's. What cannot be removed is logged, and does not stop the rest.</summary>
/// <param name="variant">Which iptables to look at: both, unless one was asked for, as leftovers may be in either.</param>
/// <param name="logger">Told what was removed, and what could not be.</param>
internal sealed class Leftovers(IptablesVariantChoice variant, ILogger logger)
{
    /// <summary>Told of each family in which a table could not be removed.</summary>
    public Action<IpFamily> TableFailed { get; init; } = static _ => { };

    /// <summary>Removes nftables tables in both families.</summary>
    public Cleaning RemoveTables(ImmutableArray<string> tables)
    {
        var outcome = Cleaning.Impossible;
        foreach (var family in DataplaneFamilies.Both)
        {
            foreach (var table in tables) outcome = Worse(outcome, RemoveTable(family, table));
        }

        return outcome;
    }

    /// <summary>Removes the chains of iptables mode in both families.</summary>
    public async Task<Cleaning> RemoveIptablesAsync(CancellationToken ct)
    {
        ImmutableArray<IptablesVariant> variants = variant switch
        {
            IptablesVariantChoice.Nft => [IptablesVariant.Nft],
            IptablesVariantChoice.Legacy => [IptablesVariant.Legacy],
            _ => [IptablesVariant.Nft, IptablesVariant.Legacy],
        };
        var outcome = Cleaning.Impossible;
        foreach (var each in variants)
        {
            foreach (var family in DataplaneFamilies.Both) outcome = Worse(outcome, await RemoveIptablesAsync(family, each, ct));
        }

        return outcome;
    }

    private static Cleaning Worse(Cleaning left, Cleaning right) =>
        left == Cleaning.Failed || right == Cleaning.Impossible ? left : right;

    private Cleaning RemoveTable(IpFamily family, string table)
    {
        try
        {
            if (NftablesCleanup.Remove(family, table)) Log.TableRemoved(logger, family, table);
            return Cleaning.Done;
        }
        catch (KernelException e)
        {
            // Where there is no nftables, no table of it can have been left.
            if (NftablesHost.Probe(family) is not null) return Cleaning.Impossible;
            Log.NftablesCleanupFailed(logger, e, family, table);
            TableFailed(family);
            return Cleaning.Failed;
        }
    }

    private async Task<Cleaning> RemoveIptablesAsync(IpFamily family, IptablesVariant each, CancellationToken ct)
    {
        try
        {
            if (await IptablesHost.ProbeAsync(family, each, ct) is not { } host) return Cleaning.Impossible;
            var kernel = host.Open(counts: false);
            await kernel.CleanupAsync(ct);
            (kernel as IDisposable)?.Dispose();
            return Cleaning.Done;
        }
        catch (KernelException e)
        {
            Log.IptablesCleanupFailed(logger, e, family, each);
            return Cleaning.Failed;
        }
    }
}
