using Microsoft.Extensions.Logging;

namespace Shunt.Proxy.Cli;

/// <summary>One thing to be logged.</summary>
/// <param name="Time">When, local time.</param>
/// <param name="Level">How important.</param>
/// <param name="Category">Who says it: the last part of the logger's name.</param>
/// <param name="Message">What, as text.</param>
/// <param name="Fields">The values in the message, by name.</param>
/// <param name="Exception">What went wrong; null when nothing did.</param>
internal readonly record struct LogLine(
    DateTimeOffset Time,
    LogLevel Level,
    string Category,
    string Message,
    IReadOnlyList<KeyValuePair<string, object?>> Fields,
    Exception? Exception);
