using System.Collections.Immutable;
using System.Text.Json;

namespace Shunt.Proxy.Options.Configuration;

/// <summary>Makes fields of the kinds that the file has.</summary>
internal static class ValueField
{
    /// <summary>A text.</summary>
    public static ConfigurationField<T> Text<T>(string name, Func<T, string> get, Func<T, string, T> set) => new(
        name,
        (owner, json, problems) => TryText(json, problems, out var value) ? set(owner, value) : owner,
        (json, owner) => json.WriteStringValue(get(owner)));

    /// <summary>True or false.</summary>
    public static ConfigurationField<T> Boolean<T>(string name, Func<T, bool> get, Func<T, bool, T> set) => new(
        name,
        (owner, json, problems) => TryBoolean(json, problems, out var value) ? set(owner, value) : owner,
        (json, owner) => json.WriteBooleanValue(get(owner)));

    /// <summary>True, false, or not set.</summary>
    public static ConfigurationField<T> OptionalBoolean<T>(string name, Func<T, bool?> get, Func<T, bool, T> set) => new(
        name,
        (owner, json, problems) => TryBoolean(json, problems, out var value) ? set(owner, value) : owner,
        (json, owner) => WriteOptional(json, get(owner), static (json, value) => json.WriteBooleanValue(value)));

    /// <summary>A whole number.</summary>
    public static ConfigurationField<T> Number<T>(string name, Func<T, int> get, Func<T, int, T> set) => new(
        name,
        (owner, json, problems) => TryNumber(json, problems, out var value) ? set(owner, value) : owner,
        (json, owner) => json.WriteNumberValue(get(owner)));

    /// <summary>A whole number, or not set.</summary>
    public static ConfigurationField<T> OptionalNumber<T>(string name, Func<T, int?> get, Func<T, int, T> set) => new(
        name,
        (owner, json, problems) => TryNumber(json, problems, out var value) ? set(owner, value) : owner,
        (json, owner) => WriteOptional(json, get(owner), static (json, value) => json.WriteNumberValue(value)));

    /// <summary>A whole number that cannot be negative.</summary>
    public static ConfigurationField<T> Unsigned<T>(string name, Func<T, uint> get, Func<T, uint, T> set) => new(
        name,
        (owner, json, problems) =>
        {
            if (json.ValueKind == JsonValueKind.Number && json.TryGetUInt32(out var value)) return set(owner, value);
            problems.Error($"{json.GetRawText()} is not a whole number from 0 to {uint.MaxValue}");
            return owner;
        },
        (json, owner) => json.WriteNumberValue(get(owner)));

    /// <summary>A number with decimals.</summary>
    public static ConfigurationField<T> Decimal<T>(string name, Func<T, float> get, Func<T, float, T> set) => new(
        name,
        (owner, json, problems) =>
        {
            if (json.ValueKind == JsonValueKind.Number && json.TryGetSingle(out var value) && float.IsFinite(value)) return set(owner, value);
            problems.Error($"{json.GetRawText()} is not a number");
            return owner;
        },
        (json, owner) => json.WriteNumberValue(get(owner)));

    /// <summary>A duration.</summary>
    public static ConfigurationField<T> Duration<T>(string name, Func<T, TimeSpan> get, Func<T, TimeSpan, T> set) => new(
        name,
        (owner, json, problems) => TryDuration(json, problems, out var value) ? set(owner, value) : owner,
        (json, owner) => json.WriteStringValue(GoDuration.Format(get(owner))));

    /// <summary>A duration, or not set.</summary>
    public static ConfigurationField<T> OptionalDuration<T>(string name, Func<T, TimeSpan?> get, Func<T, TimeSpan, T> set) => new(
        name,
        (owner, json, problems) => TryDuration(json, problems, out var value) ? set(owner, value) : owner,
        (json, owner) => WriteOptional(json, get(owner), static (json, value) => json.WriteStringValue(GoDuration.Format(value))));

    /// <summary>A list of texts; null, when written, for one that is not set.</summary>
    public static ConfigurationField<T> Texts<T>(string name, Func<T, ImmutableArray<string>> get, Func<T, ImmutableArray<string>, T> set) => new(
        name,
        (owner, json, problems) => set(owner, ReadTexts(json, problems)),
        (json, owner) =>
        {
            var values = get(owner);
            if (values.IsDefault)
            {
                json.WriteNullValue();
                return;
            }

            json.WriteStartArray();
            foreach (var value in values) json.WriteStringValue(value);
            json.WriteEndArray();
        });

    /// <summary>A section of its own.</summary>
    public static ConfigurationField<T> Section<T, TSection>(
        string name, ConfigurationSchema<TSection> schema, Func<T, TSection> get, Func<T, TSection, T> set) => new(
        name,
        (owner, json, problems) => set(owner, schema.Read(get(owner), json, problems)),
        (json, owner) => schema.Write(json, get(owner)))
        {
            Below = [.. schema.Paths],
        };

    /// <summary>Reads a duration as a text.</summary>
    public static bool TryDuration(JsonElement json, ConfigurationProblems problems, out TimeSpan value)
    {
        value = default;
        if (json.ValueKind != JsonValueKind.String)
        {
            problems.Error($"{Shown(json)} is not a duration (like 30s, 100ms or 1h5m)");
            return false;
        }

        if (GoDuration.TryParse(json.GetString(), out value, out var problem)) return true;
        problems.Error($"\"{json.GetString()}\" {problem}");
        return false;
    }

    /// <summary>Reads a text.</summary>
    public static bool TryText(JsonElement json, ConfigurationProblems problems, out string value)
    {
        value = json.ValueKind == JsonValueKind.String ? json.GetString() ?? "" : "";
        if (json.ValueKind == JsonValueKind.String) return true;
        problems.Error($"{Shown(json)} is not a string (put it in quotes)");
        return false;
    }

    /// <summary>Reads true or false.</summary>
    public static bool TryBoolean(JsonElement json, ConfigurationProblems problems, out bool value)
    {
        value = json.ValueKind == JsonValueKind.True;
        if (json.ValueKind is JsonValueKind.True or JsonValueKind.False) return true;
        problems.Error($"{Shown(json)} is neither true nor false");
        return false;
    }

    private static bool TryNumber(JsonElement json, ConfigurationProblems problems, out int value)
    {
        value = 0;
        if (json.ValueKind == JsonValueKind.Number && json.TryGetInt32(out value)) return true;
        problems.Error($"{Shown(json)} is not a whole number of 32 bits");
        return false;
    }

    private static ImmutableArray<string> ReadTexts(JsonElement json, ConfigurationProblems problems)
    {
        if (json.ValueKind != JsonValueKind.Array)
        {
            problems.Error($"{Shown(json)} is not a list");
            return default;
        }

        var values = ImmutableArray.CreateBuilder<string>(json.GetArrayLength());
        foreach (var item in json.EnumerateArray())
        {
            problems.Enter(values.Count);
            TryText(item, problems, out var value);
            values.Add(value);
            problems.Leave();
        }

        return values.DrainToImmutable();
    }

    /// <summary>What was there instead, short enough for one line.</summary>
    private static string Shown(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Object => "a section with fields",
        JsonValueKind.Array => "a list",
        _ => json.GetRawText().ReplaceLineEndings(" "),
    };

    private static void WriteOptional<TValue>(Utf8JsonWriter json, TValue? value, Action<Utf8JsonWriter, TValue> write)
        where TValue : struct
    {
        if (value is { } known) write(json, known);
        else json.WriteNullValue();
    }
}
