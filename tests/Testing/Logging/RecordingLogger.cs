using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Shunt.Testing.Logging;

/// <summary>Keeps what is logged, by whatever thread.</summary>
public sealed class RecordingLogger : ILogger
{
    private readonly ConcurrentQueue<(LogLevel Level, string Text)> _lines = new();

    /// <summary>What was logged so far.</summary>
    public IReadOnlyList<(LogLevel Level, string Text)> Lines => [.. _lines];

    /// <summary>How many lines contain a text.</summary>
    public int Count(string text) => _lines.Count(line => line.Text.Contains(text, StringComparison.Ordinal));

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _lines.Enqueue((logLevel, formatter(state, exception) + (exception is null ? "" : $" err={exception.Message}")));
}
