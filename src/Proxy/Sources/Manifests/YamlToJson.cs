using System.Text.Json;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Shunt.Proxy.Sources.Manifests;

/// <summary>
/// Writes a YAML node as JSON: plain scalars by the core schema of YAML 1.2, quoted ones as strings, aliases and merge keys expanded.
/// </summary>
internal sealed class YamlToJson(Utf8JsonWriter writer, int textLength)
{
    private const int MaxDepth = 128;

    /// <summary>How much larger than the text the JSON may get: aliases of aliases grow without end.</summary>
    private readonly long _maxLength = (32L << 20) + (20L * textLength);

    private int _depth;

    /// <summary>Writes a node and all below it.</summary>
    /// <exception cref="YamlException">It does not fit into JSON.</exception>
    public void Write(YamlNode node)
    {
        if (++_depth > MaxDepth) throw Error(node, $"nested more than {MaxDepth} deep, or an alias of itself");
        if (writer.BytesCommitted + writer.BytesPending > _maxLength) throw Error(node, "aliases make the document too large");
        switch (node)
        {
            case YamlMappingNode mapping: WriteMapping(mapping); break;
            case YamlSequenceNode sequence: WriteSequence(sequence); break;
            case YamlScalarNode scalar: YamlScalar.Write(scalar, writer); break;
            default: throw Error(node, "an alias without an anchor");
        }

        _depth--;
    }

    private void WriteSequence(YamlSequenceNode sequence)
    {
        writer.WriteStartArray();
        foreach (var item in sequence.Children) Write(item);
        writer.WriteEndArray();
    }

    private void WriteMapping(YamlMappingNode mapping)
    {
        writer.WriteStartObject();
        IEnumerable<KeyValuePair<YamlNode, YamlNode>> entries = HasMergeKey(mapping) ? Merged(mapping, 0) : mapping.Children;
        foreach (var (key, value) in entries)
        {
            if (key is not YamlScalarNode { Value: { } name }) throw Error(key, "a key that is not a string");
            writer.WritePropertyName(name);
            Write(value);
        }

        writer.WriteEndObject();
    }

    private static bool HasMergeKey(YamlMappingNode mapping) => mapping.Children.Keys.Any(IsMergeKey);

    private static bool IsMergeKey(YamlNode key) => key is YamlScalarNode { Value: "<<", Style: ScalarStyle.Plain };

    /// <summary>The mapping with what <c>&lt;&lt;</c> brings in: its own keys win, then the earlier of several sources.</summary>
    private static OrderedDictionary<YamlNode, YamlNode> Merged(YamlMappingNode mapping, int depth)
    {
        if (depth > MaxDepth) throw Error(mapping, "merged into itself");
        var all = new OrderedDictionary<YamlNode, YamlNode>();
        foreach (var (key, value) in mapping.Children)
        {
            if (!IsMergeKey(key)) all[key] = value;
        }

        foreach (var (key, value) in mapping.Children)
        {
            if (!IsMergeKey(key)) continue;
            foreach (var source in value is YamlSequenceNode several ? several.Children : [value])
            {
                if (source is not YamlMappingNode from) throw Error(source, "<< wants a mapping, or a list of mappings");
                foreach (var (name, merged) in Merged(from, depth + 1)) all.TryAdd(name, merged);
            }
        }

        return all;
    }

    private static YamlException Error(YamlNode node, string what) => new(node.Start, node.End, what);
}
