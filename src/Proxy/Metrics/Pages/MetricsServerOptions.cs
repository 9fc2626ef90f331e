using System.Collections.Immutable;
using Shunt.Proxy.Metrics.Exposition;
using Shunt.Proxy.Options;

namespace Shunt.Proxy.Metrics.Pages;

/// <summary>What the metrics server shows.</summary>
internal sealed record MetricsServerOptions
{
    /// <summary><c>/metrics</c>.</summary>
    public required MetricRegistry Registry { get; init; }

    /// <summary>The body of <c>/proxyMode</c>.</summary>
    public required string Mode { get; init; }

    /// <summary>The agent's version.</summary>
    public required string Version { get; init; }

    /// <summary>The body of <c>/configz</c>: JSON in UTF-8. Called for each request, from any thread.</summary>
    public required Func<ReadOnlyMemory<byte>> Configuration { get; init; }

    /// <summary>The flags, for <c>/flagz</c>; null when the page is switched off (feature gate ComponentFlagz).</summary>
    public ImmutableArray<FlagValue>? Flags { get; init; }

    /// <summary>There is a page <c>/statusz</c> (feature gate ComponentStatusz).</summary>
    public bool Statusz { get; init; } = true;

    /// <summary>There are pages under <c>/debug</c>.</summary>
    public bool EnableProfiling { get; init; }

    /// <summary>Sets the verbosity of the log. Called from any thread.</summary>
    public required Action<int> SetVerbosity { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
