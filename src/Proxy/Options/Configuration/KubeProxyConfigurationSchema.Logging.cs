using System.Collections.Immutable;
using System.Text.Json;

namespace Shunt.Proxy.Options.Configuration;

internal static partial class KubeProxyConfigurationSchema
{
    private static ConfigurationSchema<LoggingConfiguration> Logging => new(
    [
        ValueField.Text<LoggingConfiguration>("format", static c => c.Format, static (c, v) => c with { Format = v }) with
        {
            IsOmitted = static c => c.Format.Length == 0,
        },
        new("flushFrequency", ReadFlushFrequency, WriteFlushFrequency),
        ValueField.Unsigned<LoggingConfiguration>("verbosity", static c => c.Verbosity, static (c, v) => c with { Verbosity = v }),
        new("vmodule", ReadVModule, WriteVModule) { IsOmitted = static c => c.VModule.IsEmpty },
        ValueField.Section<LoggingConfiguration, LoggingConfiguration>("options", LoggingFormats, static c => c, static (_, v) => v),
    ]);

    private static ConfigurationSchema<LoggingConfiguration> LoggingFormats => new(
    [
        ValueField.Section<LoggingConfiguration, LoggingOutputOptions>("text", LoggingOutput, static c => c.Text, static (c, v) => c with { Text = v }),
        ValueField.Section<LoggingConfiguration, LoggingOutputOptions>("json", LoggingOutput, static c => c.Json, static (c, v) => c with { Json = v }),
    ]);

    private static ConfigurationSchema<LoggingOutputOptions> LoggingOutput => new(
    [
        ValueField.Boolean<LoggingOutputOptions>("splitStream", static c => c.SplitStream, static (c, v) => c with { SplitStream = v }) with
        {
            IsOmitted = static c => !c.SplitStream,
        },
        new("infoBufferSize", ReadBufferSize, static (json, c) => json.WriteStringValue(c.InfoBufferSize.Length == 0 ? "0" : c.InfoBufferSize)),
    ]);

    private static ConfigurationSchema<VModuleItem> VModule => new(
    [
        ValueField.Text<VModuleItem>("filePattern", static c => c.FilePattern, static (c, v) => c with { FilePattern = v }),
        ValueField.Unsigned<VModuleItem>("verbosity", static c => c.Verbosity, static (c, v) => c with { Verbosity = v }),
    ]);

    private static LoggingConfiguration ReadFlushFrequency(LoggingConfiguration owner, JsonElement json, ConfigurationProblems problems)
    {
        if (json.ValueKind == JsonValueKind.Number && json.TryGetInt64(out var nanoseconds))
        {
            var ticks = nanoseconds / TimeSpan.NanosecondsPerTick;
            return owner with { FlushFrequency = new FlushFrequency(TimeSpan.FromTicks(ticks), IsText: false) };
        }

        return ValueField.TryDuration(json, problems, out var value) ? owner with { FlushFrequency = new FlushFrequency(value, IsText: true) } : owner;
    }

    private static void WriteFlushFrequency(Utf8JsonWriter json, LoggingConfiguration owner)
    {
        var (value, isText) = owner.FlushFrequency;
        if (isText) json.WriteStringValue(GoDuration.Format(value));
        else json.WriteNumberValue(value.Ticks * TimeSpan.NanosecondsPerTick);
    }

    private static LoggingConfiguration ReadVModule(LoggingConfiguration owner, JsonElement json, ConfigurationProblems problems)
    {
        if (json.ValueKind != JsonValueKind.Array)
        {
            problems.Error("is not a list");
            return owner;
        }

        var items = ImmutableArray.CreateBuilder<VModuleItem>();
        foreach (var item in json.EnumerateArray())
        {
            problems.Enter(items.Count);
            items.Add(VModule.Read(new VModuleItem("", 0), item, problems));
            problems.Leave();
        }

        return owner with { VModule = items.ToImmutable() };
    }

    private static void WriteVModule(Utf8JsonWriter json, LoggingConfiguration owner)
    {
        json.WriteStartArray();
        foreach (var item in owner.VModule) VModule.Write(json, item);
        json.WriteEndArray();
    }

    private static LoggingOutputOptions ReadBufferSize(LoggingOutputOptions owner, JsonElement json, ConfigurationProblems problems)
    {
        var text = json.ValueKind == JsonValueKind.String ? json.GetString() ?? "" : json.GetRawText();
        if (Quantity.TryParse(text, out _)) return owner with { InfoBufferSize = text };
        problems.Error($"\"{text}\" is not a quantity (like 512, 64Ki or 1M)");
        return owner;
    }
}
