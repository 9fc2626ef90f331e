using Microsoft.Extensions.Logging;
using Shunt.Proxy.Logging;

namespace Shunt.Proxy.Tests.Logging;

/// <summary>Lines for tests, as the logging library hands them over.</summary>
internal static class LogLines
{
    /// <summary>A line with values that are not part of its message.</summary>
    public static LogLine Of(string message, params (string Name, object? Value)[] fields) => Of(message, message, fields);

    /// <summary>A line with the template its message was made from.</summary>
    public static LogLine Of(string message, string template, params (string Name, object? Value)[] fields) => new(
        new DateTimeOffset(2026, 11, 22, 8, 6, 12, TimeSpan.Zero) + TimeSpan.FromTicks(1234560),
        LogLevel.Information,
        "SyncLoop",
        message,
        [.. fields.Select(static field => KeyValuePair.Create(field.Name, field.Value)), KeyValuePair.Create<string, object?>("{OriginalFormat}", template)],
        Exception: null);
}
