using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Shunt.Proxy.Sources.Manifests;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;

namespace Shunt.Proxy.Options.Configuration;

/// <summary>Reads the first document of a YAML text; unlike YamlDotNet's own loader it goes on after a repeated key.</summary>
internal sealed class ConfigurationYaml
{
    private const int MaxDepth = 64;

    private readonly Dictionary<AnchorName, YamlNode> _anchors = [];
    private readonly List<string> _repeated = [];
    private readonly Parser _parser;

    private ConfigurationYaml(TextReader text) => _parser = new Parser(text);

    /// <summary>The document as JSON.</summary>
    /// <param name="text">The text.</param>
    /// <param name="problems">Gets the keys that are there more than once, and further documents.</param>
    /// <returns>UTF-8; empty when there is no document.</returns>
    /// <exception cref="YamlException">The text is not YAML, or does not fit into JSON.</exception>
    public static ReadOnlyMemory<byte> ToJson(string text, ConfigurationProblems problems)
    {
        using var reader = new StringReader(text);
        var yaml = new ConfigurationYaml(reader);
        yaml._parser.Consume<StreamStart>();
        if (!yaml._parser.TryConsume<DocumentStart>(out _)) return default;
        var root = yaml.ReadNode(0);
        yaml._parser.Consume<DocumentEnd>();
        problems.Strict.AddRange(yaml._repeated);
        if (yaml._parser.TryConsume<DocumentStart>(out var next)) problems.Strict.Add($"line {next.Start.Line}: only the first document counts");

        var json = new ArrayBufferWriter<byte>(text.Length + 256);
        using (var writer = new Utf8JsonWriter(json)) new YamlToJson(writer, text.Length).Write(root);
        return json.WrittenMemory;
    }

    private YamlNode ReadNode(int depth)
    {
        var at = _parser.Current ?? throw new YamlException("the text ends too early");
        if (depth > MaxDepth) throw new YamlException(at.Start, at.End, $"nested more than {MaxDepth} deep");
        if (_parser.TryConsume<AnchorAlias>(out var alias))
        {
            return _anchors.TryGetValue(alias.Value, out var node) ? node : throw new YamlException(at.Start, at.End, $"no anchor {alias.Value}");
        }

        if (_parser.TryConsume<Scalar>(out var scalar)) return Named(scalar.Anchor, Scalar(scalar));
        return _parser.TryConsume<SequenceStart>(out var sequence) ? ReadSequence(sequence, depth) : ReadMapping(depth);
    }

    private YamlSequenceNode ReadSequence(SequenceStart start, int depth)
    {
        var sequence = new YamlSequenceNode();
        while (!_parser.TryConsume<SequenceEnd>(out _)) sequence.Children.Add(ReadNode(depth + 1));
        return Named(start.Anchor, sequence);
    }

    private YamlMappingNode ReadMapping(int depth)
    {
        var start = _parser.Consume<MappingStart>();
        var mapping = new YamlMappingNode();
        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            var line = _parser.Current?.Start.Line ?? 0;
            var key = ReadNode(depth + 1);
            var value = ReadNode(depth + 1);
            if (mapping.Children.ContainsKey(key)) _repeated.Add(string.Create(CultureInfo.InvariantCulture, $"line {line}: key \"{key}\" already set in map"));
            mapping.Children[key] = value;
        }

        return Named(start.Anchor, mapping);
    }

    /// <summary>The words that YAML 1.1, which Kubernetes reads, takes for true and false, and the core schema of 1.2 does not.</summary>
    private static YamlScalarNode Scalar(Scalar scalar)
    {
        var isPlain = scalar.Style == ScalarStyle.Plain && scalar.Tag.IsEmpty;
        var text = isPlain ? scalar.Value switch
        {
            "yes" or "Yes" or "YES" or "on" or "On" or "ON" => "true",
            "no" or "No" or "NO" or "off" or "Off" or "OFF" => "false",
            _ => scalar.Value,
        } : scalar.Value;
        var node = new YamlScalarNode(text) { Style = scalar.Style };
        if (!scalar.Tag.IsEmpty) node.Tag = scalar.Tag;
        return node;
    }

    private T Named<T>(AnchorName anchor, T node)
        where T : YamlNode
    {
        if (!anchor.IsEmpty) _anchors[anchor] = node;
        return node;
    }
}
