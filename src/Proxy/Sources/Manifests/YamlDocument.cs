using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Shunt.Proxy.Sources.Manifests;

/// <summary>One document of a YAML file, as JSON.</summary>
/// <param name="Json">The document as UTF-8 JSON.</param>
/// <param name="Line">Where it begins, from 1.</param>
/// <param name="ItemLines">Where each element of its top-level <c>items</c> begins; empty when it has none.</param>
internal sealed record YamlDocument(ReadOnlyMemory<byte> Json, int Line, ImmutableArray<int> ItemLines)
{
    /// <summary>Reads all documents of a file; empty ones are left out.</summary>
    /// <exception cref="YamlException">The text is not YAML, or does not fit into JSON.</exception>
    public static IReadOnlyList<YamlDocument> ParseAll(string text)
    {
        var stream = new YamlStream();
        using (var reader = new StringReader(text)) stream.Load(reader);
        var documents = new List<YamlDocument>(stream.Documents.Count);
        foreach (var document in stream.Documents)
        {
            if (document.RootNode is YamlScalarNode { Value: null or "" }) continue;
            documents.Add(Convert(document.RootNode, text.Length));
        }

        return documents;
    }

    /// <summary>Where and why a text is not YAML: the line, a colon, and the reason in one line.</summary>
    public static string Describe(YamlException e) =>
        $"{Math.Max(1, Math.Max(e.Start.Line, e.End.Line))}: {(e.InnerException ?? e).Message.ReplaceLineEndings(" ")}";

    private static YamlDocument Convert(YamlNode root, int textLength)
    {
        var json = new ArrayBufferWriter<byte>(textLength + 256);
        using (var writer = new Utf8JsonWriter(json))
        {
            new YamlToJson(writer, textLength).Write(root);
        }

        return new YamlDocument(json.WrittenMemory, (int)root.Start.Line, FindItemLines(root));
    }

    private static ImmutableArray<int> FindItemLines(YamlNode root)
    {
        if (root is not YamlMappingNode mapping) return [];
        foreach (var (key, value) in mapping.Children)
        {
            if (key is YamlScalarNode { Value: "items" } && value is YamlSequenceNode items)
                return [.. items.Children.Select(static item => (int)item.Start.Line)];
        }

        return [];
    }
}
