using System.Collections.Immutable;

namespace Shunt.Proxy.Metrics.Exposition;

/// <summary>What all series of one name have in common.</summary>
/// <param name="Name">The name, as queries use it; that of a counter ends in <c>_total</c>.</param>
/// <param name="Kind">The type.</param>
/// <param name="Help">What it says, without the stability.</param>
internal sealed record MetricDescription(string Name, MetricKind Kind, string Help)
{
    /// <summary>What is promised about it.</summary>
    public MetricStability Stability { get; init; }

    /// <summary>The names of the labels, in alphabetical order; empty for none.</summary>
    public ImmutableArray<string> Labels { get; init; } = [];

    /// <summary>The help text as it is written: <c>[ALPHA] ...</c> where Kubernetes promises something.</summary>
    public string FullHelp => Stability switch
    {
        MetricStability.Alpha => "[ALPHA] " + Help,
        MetricStability.Beta => "[BETA] " + Help,
        MetricStability.Stable => "[STABLE] " + Help,
        _ => Help,
    };

    /// <summary>The word for the type.</summary>
    public string Type => Kind switch
    {
        MetricKind.Counter => "counter",
        MetricKind.Gauge => "gauge",
        _ => "histogram",
    };

    /// <summary>A metric of Kubernetes with no more promise than most have.</summary>
    /// <param name="name">The name.</param>
    /// <param name="kind">The type.</param>
    /// <param name="help">What it says.</param>
    /// <param name="labels">The names of the labels, in alphabetical order.</param>
    public static MetricDescription Alpha(string name, MetricKind kind, string help, params ImmutableArray<string> labels) =>
        new(name, kind, help) { Stability = MetricStability.Alpha, Labels = labels };

    /// <summary>A metric that is not one of Kubernetes.</summary>
    /// <param name="name">The name.</param>
    /// <param name="kind">The type.</param>
    /// <param name="help">What it says.</param>
    /// <param name="labels">The names of the labels, in alphabetical order.</param>
    public static MetricDescription Own(string name, MetricKind kind, string help, params ImmutableArray<string> labels) =>
        new(name, kind, help) { Labels = labels };
}
