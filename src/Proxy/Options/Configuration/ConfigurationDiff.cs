using System.Collections.Immutable;
using System.Text.Json;

namespace Shunt.Proxy.Options.Configuration;

/// <summary>What differs between two effective configurations, field by field.</summary>
internal static class ConfigurationDiff
{
    /// <summary>The fields that differ, in the order of the file; empty for the same configuration.</summary>
    public static ImmutableArray<ConfigurationChange> Between(KubeProxyConfiguration old, KubeProxyConfiguration @new)
    {
        var before = Values(old);
        var after = Values(@new);
        var changes = ImmutableArray.CreateBuilder<ConfigurationChange>();
        foreach (var (path, value) in before)
        {
            var now = after.GetValueOrDefault(path, "");
            if (now != value) changes.Add(new ConfigurationChange(path, value, now));
        }

        foreach (var (path, value) in after)
        {
            if (!before.ContainsKey(path)) changes.Add(new ConfigurationChange(path, "", value));
        }

        return changes.ToImmutable();
    }

    /// <summary>Every value by its path; a list is one value.</summary>
    private static OrderedDictionary<string, string> Values(KubeProxyConfiguration configuration)
    {
        using var document = JsonDocument.Parse(KubeProxyConfigurationJson.ToUtf8(configuration));
        var values = new OrderedDictionary<string, string>(StringComparer.Ordinal);
        Add(values, "", document.RootElement);
        return values;
    }

    private static void Add(OrderedDictionary<string, string> values, string path, JsonElement element)
    {
        if (element.ValueKind == JsonValueKind.Object)
        {
            foreach (var field in element.EnumerateObject()) Add(values, path.Length == 0 ? field.Name : $"{path}.{field.Name}", field.Value);
            return;
        }

        values[path] = element.ValueKind == JsonValueKind.String ? YamlText.Scalar(element.GetString() ?? "") : element.GetRawText();
    }
}
