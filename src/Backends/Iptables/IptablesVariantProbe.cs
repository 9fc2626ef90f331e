using System.Text;
using Shunt.Model;

namespace Shunt.Backends.Iptables;

/// <summary>Finds out which variant a node uses.</summary>
public static class IptablesVariantProbe
{
    private static readonly IpFamily[] BothFamilies = [IpFamily.IPv4, IpFamily.IPv6];

    /// <summary>
    /// The variant the kubelet of this node uses, told by the hint chains it leaves in the mangle table; where it left none, the variant
    /// with more rules, and nft when that does not decide either. The same order of questions as the iptables wrapper that cluster
    /// images use.
    /// </summary>
    public static async ValueTask<IptablesVariant> DetectAsync(CancellationToken ct)
    {
        var nft = await LookAsync(IptablesVariant.Nft, ct);
        if (nft.HasHint) return IptablesVariant.Nft;
        var legacy = await LookAsync(IptablesVariant.Legacy, ct);
        return legacy.HasHint || legacy.Rules > nft.Rules ? IptablesVariant.Legacy : IptablesVariant.Nft;
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
            return await tools.VersionAsync(ct) is null ? null : await tools.SaveAsync(ct);
        }
        catch (KernelException)
        {
            return null; // not installed, or not allowed: it has nothing to say
        }
    }
}
