using Shunt.Model;
using Shunt.Netlink;
using Shunt.Netlink.Netfilter;

namespace Shunt.Backends.Iptables;

/// <summary>What this machine can do for one family in iptables mode; found out once.</summary>
/// <param name="Tools">The programs to use.</param>
/// <param name="RandomFully">They know <c>MASQUERADE --random-fully</c>.</param>
/// <param name="CountsWithNfAcct">The kernel has nfacct counters, and this process may use them.</param>
public sealed record IptablesHost(IptablesTools Tools, bool RandomFully, bool CountsWithNfAcct)
{
    private static readonly Version RandomFullySince = new(1, 6, 2);

    /// <summary>Looks at a family. Reads, never writes.</summary>
    /// <returns>Null when the tools of the family do not work here.</returns>
    public static async ValueTask<IptablesHost?> ProbeAsync(IpFamily family, IptablesVariant variant, CancellationToken ct)
    {
        var tools = new IptablesTools(family, variant);
        if (await tools.VersionAsync(ct) is not { } version || !await WorksAsync(tools, ct)) return null;
        return new IptablesHost(tools, ParseVersion(version) is not { } number || number >= RandomFullySince, HasNfAcct());
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
