using Shunt.Model;
using Shunt.Netlink.Netfilter;

namespace Shunt.Backends.Nftables;

/// <summary>Reads our table from the kernel.</summary>
internal sealed class ImageLoader(NftTables tables, NetfilterFamily family, IpFamily ipFamily)
{
    /// <summary>Reads it.</summary>
    /// <param name="withElements">With the elements of its sets; without, it is read in no time.</param>
    public NftablesImage Load(bool withElements)
    {
        var image = new NftablesImage { HasTable = tables.HasTable(family, NftablesNames.Table) };
        if (!image.HasTable) return image;
        tables.DumpChains(family, NftablesNames.Table, image, static (to, chain) => to.Chains[chain.Name] = (chain.Accepts ? chain.Hook : default(NftHook), []));
        tables.DumpRules(family, NftablesNames.Table, image, static (to, rule) =>
        {
            if (to.Chains.TryGetValue(rule.Chain, out var known)) known.Rules.Add(RuleFingerprint.Read(rule.UserData));
        });
        var sets = new List<SetId>();
        tables.DumpSets(family, NftablesNames.Table, (image, sets, ipFamily), static (to, set) =>
        {
            var isKnown = SetId.TryParse(set.Name, out var id);
            to.image.Sets[set.Name] = !isKnown || IsMadeLikeOurs(id, set, to.ipFamily);
            if (isKnown && id.Kind != SetKind.Affinity) to.sets.Add(id);
        });
        if (withElements) LoadElements(image, sets);
        return image;
    }

    private static bool IsMadeLikeOurs(SetId id, NftSetEntry found, IpFamily family)
    {
        var ours = SetLayout.Describe(id, family);
        return found.Flags == ours.Flags && found.KeyLength == ours.KeyLength && found.DataLength == ours.DataLength;
    }

    private void LoadElements(NftablesImage image, List<SetId> sets)
    {
        foreach (var set in sets)
        {
            if (!image.Sets[set.Name]) continue; // it goes, and its elements with it
            tables.DumpElements(family, NftablesNames.Table, set.Name, (image.Elements, set), static (to, element) =>
                to.Elements.Add(to.set, element.Key, element.Data, NftUserData.ReadComment(element.UserData)));
        }
    }
}
