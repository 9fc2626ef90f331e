namespace Shunt.Proxy.Metrics.Exposition;

/// <summary>Something that is measured.</summary>
internal sealed class Gauge(SeriesName name) : MetricSeries
{
    private readonly byte[] _sample = name.Sample();
    private double _value;

    /// <summary>The value now.</summary>
    public double Value
    {
        get => Volatile.Read(ref _value); // the scrape reads what the loop writes
        set => Volatile.Write(ref _value, value);
    }

    /// <inheritdoc/>
    public override void Write(ref ExpositionWriter writer)
    {
        writer.Write(_sample);
        writer.WriteValue(Value);
    }
}
