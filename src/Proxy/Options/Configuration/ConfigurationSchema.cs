using System.Collections.Immutable;
using System.Text.Json;

namespace Shunt.Proxy.Options.Configuration;

/// <summary>The fields of a section, once, for reading, writing and listing. They are written in this order, which is that of kube-proxy's Go type.</summary>
internal sealed class ConfigurationSchema<T>(ImmutableArray<ConfigurationField<T>> fields)
{
    /// <summary>The path of every value: <c>clientConnection.burst</c>.</summary>
    public IEnumerable<string> Paths =>
        fields.SelectMany(static one => one.Below.IsEmpty ? [one.Name] : one.Below.Select(below => $"{one.Name}.{below}"));

    /// <summary>Reads a section. Null leaves a field unset; of a repeated field the last counts.</summary>
    /// <param name="unset">The section without any field set.</param>
    /// <param name="section">What the file says.</param>
    /// <param name="problems">Gets what is wrong.</param>
    public T Read(T unset, JsonElement section, ConfigurationProblems problems)
    {
        if (section.ValueKind == JsonValueKind.Null) return unset;
        if (section.ValueKind != JsonValueKind.Object)
        {
            problems.Error("is not a section with fields");
            return unset;
        }

        var value = unset;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var property in section.EnumerateObject())
        {
            problems.Enter(property.Name);
            var field = fields.FirstOrDefault(known => known.Name == property.Name);
            if (field is null) problems.Strict.Add($"unknown field \"{problems.Path}\"");
            else if (!seen.Add(property.Name)) problems.Strict.Add($"duplicate field \"{problems.Path}\"");
            if (field is not null && property.Value.ValueKind != JsonValueKind.Null) value = field.Read(value, property.Value, problems);
            problems.Leave();
        }

        return value;
    }

    /// <summary>Writes a section as a JSON object.</summary>
    public void Write(Utf8JsonWriter json, T value)
    {
        json.WriteStartObject();
        foreach (var field in fields)
        {
            if (field.IsOmitted(value)) continue;
            json.WritePropertyName(field.Name);
            field.Write(json, value);
        }

        json.WriteEndObject();
    }
}
