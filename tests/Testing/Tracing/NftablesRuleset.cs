using Shunt.Backends.Nftables;
using Shunt.Model;
using Shunt.Netlink.Netfilter;

namespace Shunt.Testing.Tracing;

/// <summary>A table of nftables mode as a tracer reads it: rules as text, and elements by set and key.</summary>
public sealed class NftablesRuleset
{
    private readonly Dictionary<string, (NftHook? Hook, List<string[]> Rules)> _chains = [];
    private readonly List<string> _rules = [];
    private readonly NftablesImage _image;

    /// <summary>The rules of some chains, and the elements of an image.</summary>
    internal NftablesRuleset(IEnumerable<TableChain> chains, NftablesImage image)
    {
        _image = image;
        foreach (var chain in chains)
        {
            _chains.Add(chain.Name, (chain.Hook, [.. chain.Rules.Select(static rule => rule.Text.Split(' '))]));
            foreach (var rule in chain.Rules) _rules.Add($"{chain.Name}: {rule}");
        }
    }

    /// <summary>Every rule behind the name of its chain.</summary>
    public IReadOnlyList<string> RuleLines => _rules;

    /// <summary>Every element behind the name of its set, sorted.</summary>
    public IReadOnlyList<string> ElementLines(IpFamily family)
    {
        var lines = new List<string>();
        var elements = _image.Elements.Elements;
        for (var at = 0; at < elements.Length; at = elements.At(at).Next)
        {
            var element = elements.At(at);
            lines.Add($"{element.Set.Name} {{ {NftablesText.Format(element, family)} }}");
        }

        lines.Sort(StringComparer.Ordinal);
        return lines;
    }

    /// <summary>The chains of a hook, in the order the kernel runs them in.</summary>
    internal IEnumerable<(string Name, NftHook Hook)> At(NftHookNumber hook) =>
        from chain in _chains
        where chain.Value.Hook?.Hook == hook
        orderby chain.Value.Hook!.Value.Priority
        select (chain.Key, chain.Value.Hook!.Value);

    /// <summary>The rules of a chain, each as words.</summary>
    internal List<string[]> Rules(string chain) =>
        _chains.TryGetValue(chain, out var found) ? found.Rules : throw new FormatException($"no chain {chain}");

    /// <summary>What a set or map has for a key: empty for a set; null when it has nothing.</summary>
    internal byte[]? Find(string set, byte[] key)
    {
        if (!_image.Sets.ContainsKey(set) || !SetId.TryParse(set, out var id)) throw new FormatException($"no set {set}");
        return _image.Elements.TryFind(id, key, out var element) ? element.Data.ToArray() : null;
    }
}
