using System.Text.Json;
using Shunt.Proxy.Sources.Decoding;
using Shunt.Proxy.State;

namespace Shunt.Proxy.Sources.Manifests;

/// <content>From documents to objects.</content>
internal sealed partial class ManifestParser
{
    private const int MaxListDepth = 4;

    /// <summary>Finds the line of an object from its offset, or from its place in the list.</summary>
    private delegate int LineFinder(long offset, int item);

    /// <summary>What a look ahead found out about an object.</summary>
    private readonly record struct Shape(string Kind, string ApiVersion, long Start, long End);

    private void AddDocument(ref Utf8JsonReader reader, ReadOnlyMemory<byte> json, LineFinder lines)
    {
        var line = lines(reader.TokenStartIndex, -1);
        if (reader.TokenType != JsonTokenType.StartObject) throw Error(line, "is not an object with apiVersion and kind");
        var shape = Look(reader, default);
        if (shape.Kind.Length == 0) throw Error(line, "has no kind");
        if (shape.Kind.EndsWith("List", StringComparison.Ordinal)) AddItems(ref reader, json, shape, lines, 1);
        else AddObject(ref reader, json, shape, line);
    }

    private void AddItems(ref Utf8JsonReader reader, ReadOnlyMemory<byte> json, Shape list, LineFinder lines, int depth)
    {
        if (depth > MaxListDepth) throw Error(lines(list.Start, -1), "has Lists nested too deep");
        var itemDefault = new Shape(list.Kind[..^"List".Length], list.ApiVersion, 0, 0);
        while (FieldReader.NextProperty(ref reader))
        {
            var isItems = reader.ValueTextEquals("items"u8);
            reader.Read();
            if (!isItems || reader.TokenType == JsonTokenType.Null) reader.Skip();
            else if (reader.TokenType != JsonTokenType.StartArray) throw Error(lines(list.Start, -1), "items is not a list");
            else AddEach(ref reader, json, itemDefault, lines, depth);
        }
    }

    private void AddEach(ref Utf8JsonReader reader, ReadOnlyMemory<byte> json, Shape itemDefault, LineFinder lines, int depth)
    {
        for (var i = 0; FieldReader.NextElement(ref reader); i++)
        {
            var line = lines(reader.TokenStartIndex, depth == 1 ? i : -1);
            if (reader.TokenType != JsonTokenType.StartObject) throw Error(line, $"items[{i}] is not an object");
            var shape = Look(reader, itemDefault);
            if (shape.Kind.Length == 0) throw Error(line, $"items[{i}] has no kind");
            if (shape.Kind.EndsWith("List", StringComparison.Ordinal)) AddItems(ref reader, json, shape, lines, depth + 1);
            else AddObject(ref reader, json, shape, line);
        }
    }

    private void AddObject(ref Utf8JsonReader reader, ReadOnlyMemory<byte> json, Shape shape, int line)
    {
        if (KindOf(shape) is not { } kind)
        {
            IgnoredCount++;
            reader.Skip();
            return;
        }

        if (!_decoders.TryGetValue(kind, out var decoder)) _decoders[kind] = decoder = kind == ObjectKind.EndpointSlice ? new EndpointSliceDecoder { AppliesDefaults = true } : ObjectDecoder.For(kind);
        var decoded = decoder.Decode(ref reader);
        _entries.Add(new ManifestEntry(kind, decoded, Hash(json.Span[(int)shape.Start..(int)shape.End]), _file, line));
    }

    /// <summary>
    /// The kinds the agent uses, in the versions it understands; null for all others, such as a Service of another API group.
    /// </summary>
    private static ObjectKind? KindOf(Shape shape) => (shape.ApiVersion, shape.Kind) switch
    {
        ("v1", "Service") => ObjectKind.Service,
        ("v1", "Node") => ObjectKind.Node,
        ("discovery.k8s.io/v1", "EndpointSlice") => ObjectKind.EndpointSlice,
        ("networking.k8s.io/v1" or "networking.k8s.io/v1beta1", "ServiceCIDR") => ObjectKind.ServiceCidr,
        _ => null,
    };

    /// <summary>Reads ahead for kind and apiVersion, which kubectl writes behind the items. The reader is a copy.</summary>
    private Shape Look(Utf8JsonReader reader, Shape otherwise)
    {
        var start = reader.TokenStartIndex;
        var kind = otherwise.Kind ?? "";
        var apiVersion = otherwise.ApiVersion ?? "";
        while (FieldReader.NextProperty(ref reader))
        {
            var isKind = reader.ValueTextEquals("kind"u8);
            var isVersion = reader.ValueTextEquals("apiVersion"u8);
            reader.Read();
            if (isKind) kind = _fields.Text(ref reader, "kind") ?? kind;
            else if (isVersion) apiVersion = _fields.Text(ref reader, "apiVersion") ?? apiVersion;
            reader.Skip();
        }

        return new Shape(kind, apiVersion, start, reader.BytesConsumed);
    }
}
