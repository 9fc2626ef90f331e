using Microsoft.Extensions.Logging;
using Shunt.Proxy.Options;

namespace Shunt.Proxy.Logging;

/// <summary>Loggers that write a line at a time, whole and at once, so that nothing is lost when the process is killed right after.</summary>
internal sealed class LineLoggerProvider : ILoggerProvider
{
    // What a library says about every connection is not what somebody wants who asks for our reasons.
    private const int LibrariesAreQuieterBy = 4;

    private readonly LoggingFormat _format;
    private readonly LogLevelSwitch _level;
    private readonly LogStreams _streams;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();

    /// <summary>Loggers of one look.</summary>
    /// <param name="format">How lines look.</param>
    /// <param name="level">Which lines are written; asked for each.</param>
    /// <param name="streams">Where to; they stay the caller's.</param>
    /// <param name="time">The clock.</param>
    public LineLoggerProvider(LoggingFormat format, LogLevelSwitch level, LogStreams streams, TimeProvider time)
    {
        _format = format;
        _level = level;
        _streams = streams;
        _time = time;
    }

    /// <summary>The factory all loggers of the agent come from.</summary>
    /// <param name="settings">How it logs.</param>
    /// <param name="level">Which lines are written.</param>
    /// <param name="time">The clock.</param>
    public static ILoggerFactory CreateFactory(LoggingSettings settings, LogLevelSwitch level, TimeProvider time) =>
        CreateFactory(settings.Format, level, LogStreams.Standard(settings.SplitStream), time);

    /// <summary>A factory for a command that runs once: all lines go to one writer.</summary>
    public static ILoggerFactory CreateFactory(ShuntOptions options, TextWriter output, TimeProvider time)
    {
        var settings = LoggingSettings.Of(options);
        return CreateFactory(settings.Format, settings.CreateSwitch(), new LogStreams(output, output), time);
    }

    /// <summary>A factory that writes to given streams.</summary>
    public static ILoggerFactory CreateFactory(LoggingFormat format, LogLevelSwitch level, LogStreams streams, TimeProvider time) =>
        LoggerFactory.Create(logging => logging
            .SetMinimumLevel(LogLevel.Trace) // the switch decides
            .AddProvider(new LineLoggerProvider(format, level, streams, time)));

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new LineLogger(
        this,
        categoryName[(categoryName.LastIndexOf('.') + 1)..],
        categoryName.StartsWith("Microsoft.", StringComparison.Ordinal) ? LibrariesAreQuieterBy : 0);

    /// <summary>Nothing to do: the writers belong to the caller.</summary>
    public void Dispose()
    {
    }

    private void Write(in LogLine line)
    {
        var text = _format == LoggingFormat.Json ? LogJson.Line(line) : LogText.Line(line, Environment.ProcessId);
        var output = _streams.For(line.Level, _format);
        lock (_lock)
        {
            output.Write(text);
            output.Flush();
        }
    }

    private sealed class LineLogger(LineLoggerProvider provider, string category, int quieterBy) : ILogger
    {
        private readonly int _own = provider._level.VerbosityOf(category);

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) =>
            logLevel != LogLevel.None && logLevel >= LogLevelSwitch.LevelOf(Math.Max(provider._level.Verbosity - quieterBy, _own));

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!IsEnabled(logLevel)) return; // lines may be logged without asking first
            var fields = state as IReadOnlyList<KeyValuePair<string, object?>> ?? [];
            provider.Write(new LogLine(provider._time.GetLocalNow(), logLevel, category, formatter(state, exception), fields, exception));
        }
    }
}
