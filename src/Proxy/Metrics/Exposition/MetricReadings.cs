namespace Shunt.Proxy.Metrics.Exposition;

/// <summary>A family whose values are read when they are asked for.</summary>
internal sealed class MetricReadings : MetricFamily
{
    private readonly List<(byte[] Sample, Func<double?> Read)> _readings = [];

    /// <summary>A family without readings.</summary>
    public MetricReadings(MetricDescription description)
        : base(description)
    {
    }

    /// <summary>Adds a series; in the order of the page, and before the first scrape.</summary>
    /// <param name="values">Its labels' values.</param>
    /// <param name="read">Reads it; null when there is no value, and then there is no series. Must not throw.</param>
    public MetricReadings With(LabelValues values, Func<double?> read)
    {
        _readings.Add((SeriesName.Of(Description, values).Sample(), read));
        return this;
    }

    /// <inheritdoc/>
    public override void Write(ref ExpositionWriter writer)
    {
        var any = false;
        foreach (var (sample, read) in _readings)
        {
            if (read() is not { } value) continue;
            if (!any) WriteHeader(ref writer);
            any = true;
            writer.Write(sample);
            writer.WriteValue(value);
        }
    }
}
