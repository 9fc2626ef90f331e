using Microsoft.Extensions.Logging;
using Shunt.Backends.Iptables.LegacyVariant;
using Shunt.Backends.Iptables.NftVariant;
using Shunt.Model;
using Shunt.Netlink;
using Shunt.Netlink.Netfilter;

namespace Shunt.Backends.Iptables;

/// <summary>What this machine can do for one family in iptables mode; found out once.</summary>
public sealed record IptablesHost
{
    private static readonly Version RandomFullySince = new(1, 6, 2);

    /// <summary>The family.</summary>
    public required IpFamily Family { get; init; }

    /// <summary>The variant.</summary>
    public required IptablesVariant Variant { get; init; }

    /// <summary>The programs; null where there are none that work, and none are needed.</summary>
    public IptablesTools? Tools { get; private init; }

    /// <summary>Why rules cannot be written to the kernel directly; null when they can.</summary>
    public string? DirectProblem { get; private init; }

    /// <summary>There is <c>MASQUERADE --random-fully</c>.</summary>
    public bool RandomFully { get; private init; }

    /// <summary>The kernel has nfacct counters, and this process may use them.</summary>
    public bool CountsWithNfAcct { get; private init; }

    /// <summary>Looks at a family. Reads, never writes.</summary>
    /// <returns>Null when neither the kernel nor the tools work for the family.</returns>
    public static async ValueTask<IptablesHost?> ProbeAsync(IpFamily family, IptablesVariant variant, CancellationToken ct)
    {
        var tools = new IptablesTools(family, variant);
        var version = await tools.VersionAsync(ct);
        var toolsWork = version is not null && await WorksAsync(tools, ct);
        var problem = AskKernel(family, variant);
        if (problem is not null && !toolsWork) return null;
        return new IptablesHost
        {
            Family = family,
            Variant = variant,
            Tools = toolsWork ? tools : null,
            DirectProblem = problem,
            RandomFully = version is null || ParseVersion(version) is not { } number || number >= RandomFullySince,
            CountsWithNfAcct = HasNfAcct(),
        };
    }

    /// <summary>Opens the kernel's rules, in the calling thread's network namespace: directly where that works, else through the tools.</summary>
    /// <param name="counts">Rules refer to nfacct counters.</param>
    /// <param name="direct">They may be opened directly.</param>
    /// <param name="logger">Told of what others do to the same rules; null for nobody.</param>
    /// <exception cref="KernelException">The process may not.</exception>
    public IKernel<IptablesProgram, IptablesDelta> Open(bool counts, bool direct = true, ILogger? logger = null)
    {
        if (!direct || DirectProblem is not null) return new IptablesKernel(Tools ?? throw new KernelException("iptables is not installed, or does not work"), counts);
        return Variant == IptablesVariant.Nft ? new NftVariantKernel(Family, counts) : new LegacyKernel(Family, counts, logger);
    }

    /// <summary>Makes the counters the rules refer to; those that exist keep their values.</summary>
    /// <exception cref="KernelException">They cannot be made, though the kernel has such counters.</exception>
    internal static void EnsureCounters()
    {
        try
        {
            NfAcct.TryEnsure(IptablesNames.InvalidDroppedCounter);
            NfAcct.TryEnsure(IptablesNames.LocalhostNodePortsCounter);
        }
        catch (NetlinkException e)
        {
            throw new KernelException(e.Message, e);
        }
    }

    /// <summary>The version in what <c>--version</c> prints; null when there is none.</summary>
    internal static Version? ParseVersion(string text)
    {
        var start = text.IndexOf(" v", StringComparison.Ordinal);
        if (start < 0) return null;
        var digits = text.AsSpan(start + 2);
        var end = digits.IndexOf(' ');
        return Version.TryParse(end < 0 ? digits : digits[..end], out var version) ? version : null;
    }

    private static string? AskKernel(IpFamily family, IptablesVariant variant) =>
        variant == IptablesVariant.Nft ? NftVariantProbe.Ask(family) : LegacyKernel.Probe(family);

    private static async ValueTask<bool> WorksAsync(IptablesTools tools, CancellationToken ct)
    {
        try
        {
            return await tools.ListAsync(IptablesTable.Nat, "POSTROUTING", ct) is not null;
        }
        catch (KernelException)
        {
            return false; // no permission, no such table, no such tool: whatever it is, the family cannot be served
        }
    }

    private static bool HasNfAcct()
    {
        try
        {
            NfAcct.List();
            return true;
        }
        catch (NetlinkException)
        {
            return false;
        }
    }
}
