using System.Collections.Immutable;
using Microsoft.Extensions.Logging;

namespace Shunt.Proxy.Logging;

/// <summary>How much detail is logged: <c>-v</c>, which may change while the agent runs, and <c>--vmodule</c>.</summary>
internal sealed class LogLevelSwitch
{
    // Set by the metrics server's threads, read by all.
    private volatile int _verbosity;
    private readonly ImmutableArray<VmodulePattern> _vmodule;

    /// <summary>A switch in its first position.</summary>
    public LogLevelSwitch(int verbosity, ImmutableArray<VmodulePattern> vmodule)
    {
        _verbosity = verbosity;
        _vmodule = vmodule;
    }

    /// <summary>What <c>-v</c> is now; a new value is in force at once.</summary>
    public int Verbosity
    {
        get => _verbosity;
        set => _verbosity = value;
    }

    /// <summary>The least important level that a verbosity lets through.</summary>
    public static LogLevel LevelOf(int verbosity) => verbosity switch
    {
        < 2 => LogLevel.Information,
        < 4 => LogLevel.Debug,
        _ => LogLevel.Trace,
    };

    /// <summary>The least verbosity that lets a level through.</summary>
    public static int VerbosityOf(LogLevel level) => level switch
    {
        LogLevel.Trace => 4,
        LogLevel.Debug => 2,
        _ => 0,
    };

    /// <summary>What <c>--vmodule</c> says of a logger: the first pattern that fits; 0 when none does.</summary>
    public int VerbosityOf(string category)
    {
        foreach (var pattern in _vmodule)
        {
            if (pattern.Matches(category)) return pattern.Verbosity;
        }

        return 0;
    }
}
