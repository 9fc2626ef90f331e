using System.Collections.Immutable;
using Shunt.Proxy.Options;

namespace Shunt.Proxy.Logging;

/// <summary>How the agent logs; given once. The defaults are kube-proxy's.</summary>
internal sealed record LoggingSettings
{
    /// <summary><c>-v</c>: 0 for what happens, 2 for why, 4 and more for everything.</summary>
    public int Verbosity { get; init; }

    /// <summary><c>--vmodule</c>.</summary>
    public ImmutableArray<VmodulePattern> Vmodule { get; init; } = [];

    /// <summary><c>--logging-format</c>.</summary>
    public LoggingFormat Format { get; init; }

    /// <summary><c>--log-text-split-stream</c> or <c>--log-json-split-stream</c>, whichever is for <see cref="Format"/>.</summary>
    public bool SplitStream { get; init; }

    /// <summary>As the options say, which have been validated.</summary>
    public static LoggingSettings Of(ShuntOptions options) => new()
    {
        Verbosity = options.Verbosity,
        Vmodule = VmodulePattern.TryParse(options.Vmodule, out var patterns, out _) ? patterns : [],
        Format = options.LoggingFormat,
        SplitStream = options.LogSplitStream,
    };

    /// <summary>A switch in the position these settings start with.</summary>
    public LogLevelSwitch CreateSwitch() => new(Verbosity, Vmodule);
}
