using Microsoft.Extensions.Logging;
using Shunt.Proxy.Options;

namespace Shunt.Proxy.Logging;

/// <summary>Where log lines go.</summary>
/// <param name="Info">Those that report what happens.</param>
/// <param name="Error">Those that report what went wrong; the same writer when nothing is split.</param>
internal sealed record LogStreams(TextWriter Info, TextWriter Error)
{
    /// <summary>
    /// Standard error for all; with <c>--log-text-split-stream</c> or <c>--log-json-split-stream</c> standard output for what is no error.
    /// </summary>
    public static LogStreams Standard(bool split) => new(split ? Console.Out : Console.Error, Console.Error);

    /// <summary>The stream of a level. As kube-proxy has it, warnings go with the errors in text, and with the rest in JSON.</summary>
    public TextWriter For(LogLevel level, LoggingFormat format) =>
        level >= (format == LoggingFormat.Json ? LogLevel.Error : LogLevel.Warning) ? Error : Info;
}
