namespace Shunt.Proxy.Metrics.Exposition;

/// <summary>How a metric's values behave: the types of the exposition formats.</summary>
internal enum MetricKind
{
    /// <summary>Only grows, except over a restart.</summary>
    Counter,

    /// <summary>Goes up and down.</summary>
    Gauge,

    /// <summary>Counts observations by size.</summary>
    Histogram,
}
