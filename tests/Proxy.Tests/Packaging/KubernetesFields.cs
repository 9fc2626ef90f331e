using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json;
using Shunt.Testing;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Shunt.Proxy.Tests.Packaging;

/// <summary>What fields the kinds of a Kubernetes version have, of which types: enough to find a field that an API server would refuse or drop.</summary>
internal sealed class KubernetesFields
{
    private static readonly FrozenSet<string> Booleans = FrozenSet.ToFrozenSet(["true", "false"]);

    private readonly Dictionary<string, string> _kinds;
    private readonly Dictionary<string, string[]> _values;
    private readonly Dictionary<string, Dictionary<string, string>> _types;

    private KubernetesFields(JsonElement facts)
    {
        _kinds = facts.GetProperty("kinds").Deserialize<Dictionary<string, string>>()!; // the file has them
        _values = facts.GetProperty("values").Deserialize<Dictionary<string, string[]>>()!;
        _types = facts.GetProperty("types").Deserialize<Dictionary<string, Dictionary<string, string>>>()!;
    }

    /// <summary>Those of Kubernetes 1.36.</summary>
    public static KubernetesFields Load()
    {
        using var facts = JsonDocument.Parse(File.ReadAllText(Repository.PathOf("tests/Proxy.Tests/Data/kubernetes-1.36-fields.json")));
        return new KubernetesFields(facts.RootElement);
    }

    /// <summary>What is wrong with an object, one line each with its path.</summary>
    /// <param name="document">The object.</param>
    /// <param name="partial">Only some of its fields are there, to be laid over an object of the cluster.</param>
    public IReadOnlyList<string> Check(ManifestDocument document, bool partial)
    {
        var errors = new List<string>();
        if (!_kinds.TryGetValue(document.Kind, out var version)) errors.Add($"{document.Kind}: not a kind that is known here");
        else if (version != document.Text("apiVersion")) errors.Add($"{document.Kind}: is {version}, not {document.Text("apiVersion")}");
        else CheckObject(document.Root, document.Kind, document.Kind, partial, errors);
        return errors;
    }

    private void CheckObject(YamlMappingNode node, string type, string path, bool partial, List<string> errors)
    {
        var fields = _types[type];
        foreach (var (key, value) in node.Children)
        {
            var name = ((YamlScalarNode)key).Value!; // keys of manifests are words
            if (!fields.TryGetValue(name, out var fieldType) && !fields.TryGetValue(name + "!", out fieldType)) errors.Add($"{path}.{name}: no such field");
            else Check(value, fieldType, $"{path}.{name}", $"{type}.{name}", partial, errors);
        }

        if (partial) return;
        errors.AddRange(fields.Keys.Where(field => field.EndsWith('!') && !node.Children.ContainsKey(field[..^1])).Select(field => $"{path}.{field[..^1]}: is missing"));
    }

    private void Check(YamlNode node, string type, string path, string field, bool partial, List<string> errors)
    {
        switch (node)
        {
            case YamlMappingNode map when type.StartsWith('{'):
                foreach (var (key, value) in map.Children) Check(value, type[1..^1], $"{path}[{key}]", field, partial, errors);
                break;
            case YamlMappingNode map when _types.ContainsKey(type):
                CheckObject(map, type, path, partial, errors);
                break;
            case YamlSequenceNode list when type.StartsWith('['):
                for (var i = 0; i < list.Children.Count; i++) Check(list[i], type[1..^1], $"{path}[{i}]", field, partial, errors);
                break;
            case YamlScalarNode scalar when IsOfType(scalar, type):
                if (_values.TryGetValue(field, out var allowed) && !allowed.Contains(scalar.Value)) errors.Add($"{path}: {scalar.Value} is none of {string.Join(", ", allowed)}");
                break;
            default:
                if (type != "any") errors.Add($"{path}: is no {type}");
                break;
        }
    }

    private static bool IsOfType(YamlScalarNode scalar, string type)
    {
        var text = scalar.Value ?? "";
        var plain = scalar.Style == ScalarStyle.Plain;
        var isNumber = long.TryParse(text, CultureInfo.InvariantCulture, out _);
        return type switch
        {
            "string" => !plain || !(isNumber || Booleans.Contains(text) || text is "" or "null" or "~"),
            "integer" => plain && isNumber,
            "boolean" => plain && Booleans.Contains(text),
            "int-or-string" => true,
            _ => false,
        };
    }
}
