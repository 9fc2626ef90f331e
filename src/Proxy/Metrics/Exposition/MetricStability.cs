namespace Shunt.Proxy.Metrics.Exposition;

/// <summary>What Kubernetes promises about a metric's name and labels (KEP-1209); it stands in front of the help text.</summary>
internal enum MetricStability
{
    /// <summary>Not a metric of Kubernetes: nothing is written.</summary>
    None,

    /// <summary>May change.</summary>
    Alpha,

    /// <summary>Changes only by becoming stable or after a deprecation.</summary>
    Beta,

    /// <summary>Stays.</summary>
    Stable,
}
