namespace Shunt.Proxy.Metrics.Exposition;

/// <summary>One metric with one set of labels. Updated by one thread or several, and written by another, without locks.</summary>
internal abstract class MetricSeries
{
    /// <summary>Writes its samples, whole lines.</summary>
    public abstract void Write(ref ExpositionWriter writer);
}
