using System.Globalization;

namespace Shunt.Proxy.Cli;

internal static partial class AgentFlags
{
    private static IEnumerable<Flag> Logging =>
    [
        new("--v", FlagKind.Text, "How much to log: 0 for what happens, 2 for why, 4 for everything.",
            static s => s.Configuration.Logging.Verbosity.ToString(CultureInfo.InvariantCulture),
            static (flags, s) => s.WithLogging(c => c with { Verbosity = flags.Unsigned("--v", c.Verbosity) })) { Field = "logging.verbosity", CountsWithFile = true },
        new("--vmodule", FlagKind.List, "How much to log for single files, as pattern=N, separated by commas; for the text format.",
            static s => string.Join(',', s.Configuration.Logging.VModule),

            // Before what the file says, as the first pattern that fits counts.
            static (flags, s) => s.WithLogging(c => c with { VModule = [.. flags.VModule("--vmodule"), .. c.VModule] }))
        {
            Field = "logging.vmodule", CountsWithFile = true,
        },
        FlagOf.Text("--logging-format", "How log lines look: text, json.",
            static s => s.Configuration.Logging.Format,
            static (s, v) => s.WithLogging(c => c with { Format = v })) with { Field = "logging.format", CountsWithFile = true },
        FlagOf.Duration("--log-flush-frequency", "Accepted; of no effect, as every line is written at once.",
            static s => s.Configuration.Logging.FlushFrequency.Value,
            static (s, v) => s.WithLogging(c => c with { FlushFrequency = c.FlushFrequency with { Value = v } })) with
        {
            Field = "logging.flushFrequency", CountsWithFile = true,
        },
        FlagOf.Boolean("--log-text-split-stream", "In the text format, errors to standard error and all else to standard output. Needs the gate LoggingAlphaOptions.",
            static s => s.Configuration.Logging.Text.SplitStream,
            static (s, v) => s.WithLogging(c => c with { Text = c.Text with { SplitStream = v } })) with
        {
            Field = "logging.options.text.splitStream", CountsWithFile = true,
        },
        FlagOf.Size("--log-text-info-buffer-size", "Accepted; of no effect, as every line is written at once (text format). Needs the gate LoggingAlphaOptions.",
            static s => s.Configuration.Logging.Text.InfoBufferSize,
            static (s, v) => s.WithLogging(c => c with { Text = c.Text with { InfoBufferSize = v } })) with
        {
            Field = "logging.options.text.infoBufferSize", CountsWithFile = true,
        },
        FlagOf.Boolean("--log-json-split-stream", "In the JSON format, errors to standard error and all else to standard output. Needs the gate LoggingAlphaOptions.",
            static s => s.Configuration.Logging.Json.SplitStream,
            static (s, v) => s.WithLogging(c => c with { Json = c.Json with { SplitStream = v } })) with
        {
            Field = "logging.options.json.splitStream", CountsWithFile = true,
        },
        FlagOf.Size("--log-json-info-buffer-size", "Accepted; of no effect, as every line is written at once (JSON format). Needs the gate LoggingAlphaOptions.",
            static s => s.Configuration.Logging.Json.InfoBufferSize,
            static (s, v) => s.WithLogging(c => c with { Json = c.Json with { InfoBufferSize = v } })) with
        {
            Field = "logging.options.json.infoBufferSize", CountsWithFile = true,
        },
    ];
}
