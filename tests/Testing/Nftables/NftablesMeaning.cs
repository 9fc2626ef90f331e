using System.Runtime.InteropServices;
using Shunt.Backends.Nftables;
using Shunt.Model;

namespace Shunt.Testing.Nftables;

/// <summary>
/// What a table means, whatever numbers and slots were chosen: frontend by frontend the endpoints in any order, and everything that is not about
/// choosing as it is. What nothing leads to is listed as dangling.
/// </summary>
internal sealed class NftablesMeaning
{
    private static readonly SetKind[] Choices =
    [
        SetKind.Internal, SetKind.External, SetKind.ExternalLocal, SetKind.ExternalLocalOnly,
        SetKind.NodePorts, SetKind.NodePortsLocal, SetKind.NodePortsLocalOnly,
    ];

    private readonly IpFamily _family;
    private readonly NftablesImage _image;
    private readonly SortedSet<string> _lines = new(StringComparer.Ordinal);
    private readonly HashSet<string> _used = [];

    private NftablesMeaning(NftablesImage image, IpFamily family)
    {
        _image = image;
        _family = family;
    }

    /// <summary>The meaning, sorted.</summary>
    public static IReadOnlyList<string> Of(NftablesImage image, IpFamily family)
    {
        var meaning = new NftablesMeaning(image, family);
        var elements = image.Elements.Elements;
        for (var at = 0; at < elements.Length; at = elements.At(at).Next) meaning.TakeChoice(elements.At(at));
        for (var at = 0; at < elements.Length; at = elements.At(at).Next) meaning.TakeRest(elements.At(at));
        foreach (var (name, chain) in image.Chains) meaning._lines.Add($"chain {name} {chain.Hook} {string.Join(' ', chain.Rules.Select(static rule => $"{rule:x}").Order())}");
        return [.. meaning._lines];
    }

    private void TakeChoice(ElementRecord element)
    {
        if (!Choices.Contains(element.Set.Kind)) return;
        _used.Add(Id(element));
        var choice = MemoryMarshal.Read<uint>(element.Data);
        var endpoints = Choice.IsList(choice) ? List(choice, element) : Plain(element, (int)(choice & ~Choice.KindMask));
        _lines.Add($"{Frontend(element)} -> {string.Join(", ", endpoints.Order(StringComparer.Ordinal))}");
    }

    private IEnumerable<string> Plain(ElementRecord element, int count)
    {
        var map = element.Set.Kind switch
        {
            SetKind.ExternalLocalOnly => SetKind.LocalEndpoints,
            SetKind.NodePortsLocalOnly => SetKind.LocalNodePortEndpoints,
            SetKind.NodePorts or SetKind.NodePortsLocal => SetKind.NodePortEndpoints,
            _ => SetKind.Endpoints,
        };
        var found = new List<string>();
        for (var slot = 0; slot < count; slot++) found.Add(Look(map, [.. element.Key, .. Number((uint)slot)]));
        return found;
    }

    private List<string> List(uint list, ElementRecord element)
    {
        var found = new List<string>();
        var counted = Find(SetKind.StickyLists, Number(list));
        if (counted is null) return ["no list"];
        var count = (int)(MemoryMarshal.Read<uint>(counted) & ~Choice.ListMask);
        var elements = _image.Elements.Elements;
        for (var at = 0; at < elements.Length; at = elements.At(at).Next)
        {
            var entry = elements.At(at);
            if (entry.Set.Kind != SetKind.AffinityTimeouts || MemoryMarshal.Read<uint>(entry.Key) != list) continue;
            _used.Add(Id(entry));
            found.Add($"sticky for {entry.Set.Parameter} s");
        }

        var protocol = element.Key[^8..^4].ToArray();
        for (var slot = 0; slot < count; slot++)
        {
            var id = Find(SetKind.Sticky, [.. Number(list), .. Number((uint)slot)]);
            found.Add(id is null ? "no id" : Look(SetKind.StickyEndpoints, [.. protocol, .. id]));
        }

        return found;
    }

    private void TakeRest(ElementRecord element)
    {
        var isForChoosing = Choices.Contains(element.Set.Kind)
            || element.Set.Kind is SetKind.Endpoints or SetKind.LocalEndpoints or SetKind.NodePortEndpoints or SetKind.LocalNodePortEndpoints
                or SetKind.StickyLists or SetKind.Sticky or SetKind.StickyEndpoints or SetKind.AffinityTimeouts;
        if (!isForChoosing) _lines.Add($"{element.Set.Name} {{ {NftablesText.Format(element, _family)} }}");
        else if (!_used.Contains(Id(element))) _lines.Add($"dangling: {element.Set.Name} {{ {NftablesText.Format(element, _family)} }}");
    }

    private string Look(SetKind map, byte[] key)
    {
        var data = Find(map, key);
        return data is null ? "missing" : $"{IpAddr.FromBytes(data.AsSpan(0, data.Length - 4))} {data[^4] << 8 | data[^3]}";
    }

    private byte[]? Find(SetKind set, byte[] key)
    {
        if (!_image.Elements.TryFind(new SetId(set), key, out var element)) return null;
        _used.Add(Id(element));
        return element.Data.ToArray();
    }

    private string Frontend(ElementRecord element)
    {
        var text = NftablesText.Format(element, _family);
        return $"{element.Set.Name} {{ {text[..text.LastIndexOf(" : ", StringComparison.Ordinal)]} }}";
    }

    private static string Id(ElementRecord element) => Convert.ToHexString(element.Identity);

    private static byte[] Number(uint value)
    {
        var bytes = new byte[4];
        FrontendKey.WriteNumber(bytes, value);
        return bytes;
    }
}
