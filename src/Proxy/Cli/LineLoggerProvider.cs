using Microsoft.Extensions.Logging;
using Shunt.Proxy.Options;

namespace Shunt.Proxy.Cli;

/// <summary>Loggers that write a line at a time, whole and at once, so that nothing is lost when the process is killed right after.</summary>
internal sealed class LineLoggerProvider : ILoggerProvider
{
    private readonly TextWriter _output;
    private readonly LoggingFormat _format;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();

    /// <summary>Loggers for the command line's options.</summary>
    public LineLoggerProvider(TextWriter output, LoggingFormat format, TimeProvider time)
    {
        _output = output;
        _format = format;
        _time = time;
    }

    /// <summary>The least important level that <c>-v</c> lets through.</summary>
    public static LogLevel LevelOf(int verbosity) => verbosity switch
    {
        < 2 => LogLevel.Information,
        < 4 => LogLevel.Debug,
        _ => LogLevel.Trace,
    };

    /// <summary>The factory all loggers of the agent come from.</summary>
    public static ILoggerFactory CreateFactory(ShuntOptions options, TextWriter output, TimeProvider time) =>
        LoggerFactory.Create(logging => logging
            .SetMinimumLevel(LevelOf(options.Verbosity))
            .AddProvider(new LineLoggerProvider(output, options.LoggingFormat, time)));

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new LineLogger(this, categoryName[(categoryName.LastIndexOf('.') + 1)..]);

    /// <summary>Nothing to do: the writer belongs to the caller.</summary>
    public void Dispose()
    {
    }

    private void Write(LogLevel level, string category, string message, object? state, Exception? exception)
    {
        var fields = state as IReadOnlyList<KeyValuePair<string, object?>> ?? [];
        var line = new LogLine(_time.GetLocalNow(), level, category, message, fields, exception);
        var text = _format == LoggingFormat.Json ? LogLineFormat.ToJson(line) : LogLineFormat.ToText(line, Environment.ProcessId);
        lock (_lock)
        {
            _output.Write(text);
            _output.Flush();
        }
    }

    private sealed class LineLogger(LineLoggerProvider provider, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            provider.Write(logLevel, category, formatter(state, exception), state, exception);
    }
}
