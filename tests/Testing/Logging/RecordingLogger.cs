using System.Collections.Concurrent;
using System.Text;
using Microsoft.Extensions.Logging;
using Shunt.Proxy.Logging;

namespace Shunt.Testing.Logging;

/// <summary>Keeps what is logged, by whatever thread, as the lines look behind their header.</summary>
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

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        var fields = state as IReadOnlyList<KeyValuePair<string, object?>> ?? [];
        var text = new StringBuilder();
        LogText.AppendBody(text, new LogLine(default, logLevel, "", formatter(state, exception), fields, exception));
        _lines.Enqueue((logLevel, text.ToString()));
    }
}
