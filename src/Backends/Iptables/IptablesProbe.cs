using System.Text;
using Shunt.Model;

namespace Shunt.Backends.Iptables;

/// <summary>Finds out which variant a node uses, and what its tools can do.</summary>
public static class IptablesProbe
{
    private static readonly Version RandomFullySince = new(1, 6, 2);
    private static readonly IpFamily[] BothFamilies = [IpFamily.IPv4, IpFamily.IPv6];

    /// <summary>
    /// The variant the kubelet of this node uses, told by the hint chains it leaves in the mangle table; where it left none, the variant
    /// with more rules, and nft when that does not decide either. The same order of questions as the iptables wrapper that cluster
    /// images use.
    /// </summary>
    public static async ValueTask<IptablesVariant> DetectVariantAsync(CancellationToken ct)
    {
        var nft = await LookAsync(IptablesVariant.Nft, ct);
        if (nft.HasHint) return IptablesVariant.Nft;
        var legacy = await LookAsync(IptablesVariant.Legacy, ct);
        return legacy.HasHint || legacy.Rules > nft.Rules ? IptablesVariant.Legacy : IptablesVariant.Nft;
    }

    /// <summary>Whether the tools are there and new enough for <c>--random-fully</c>.</summary>
    /// <returns>Null when the tools cannot be run.</returns>
    public static async ValueTask<bool?> SupportsRandomFullyAsync(IptablesTools tools, CancellationToken ct) =>
        await tools.VersionAsync(ct) is { } text ? ParseVersion(text) is not { } version || version >= RandomFullySince : null;

    /// <summary>The version in what <c>--version</c> prints; null when there is none.</summary>
    internal static Version? ParseVersion(string text)
    {
        var start = text.IndexOf(" v", StringComparison.Ordinal);
        if (start < 0) return null;
        var digits = text.AsSpan(start + 2);
        var end = digits.IndexOf(' ');
        return Version.TryParse(end < 0 ? digits : digits[..end], out var version) ? version : null;
    }

    private static async ValueTask<(bool HasHint, int Rules)> LookAsync(IptablesVariant variant, CancellationToken ct)
    {
        var hint = false;
        var rules = 0;
        foreach (var family in BothFamilies)
        {
            if (await TrySaveAsync(new IptablesTools(family, variant), ct) is not { } dump) continue;
            foreach (var chain in dump.Chains)
            {
                hint |= chain.Table == IptablesTable.Mangle && Encoding.UTF8.GetString(chain.Name.Span) is "KUBE-IPTABLES-HINT" or "KUBE-KUBELET-CANARY";
                rules += LineReader.Count(chain.Rules);
            }
        }

        return (hint, rules);
    }

    private static async ValueTask<IptablesDump?> TrySaveAsync(IptablesTools tools, CancellationToken ct)
    {
        try
        {
            return IptablesText.ParseSave(await tools.SaveAsync(ct));
        }
        catch (KernelException)
        {
            return null; // not installed, or not allowed: it has nothing to say
        }
    }
}
