namespace Shunt.Proxy.Metrics.Exposition;

/// <summary>Something that is counted.</summary>
internal sealed class Counter(SeriesName name) : MetricSeries
{
    private readonly byte[] _sample = name.Sample();
    private long _value;

    /// <summary>What it counted up to now.</summary>
    public long Value => Interlocked.Read(ref _value);

    /// <summary>Counts some more; zero makes the series appear and changes nothing.</summary>
    public void Add(long count = 1)
    {
        if (count != 0) Interlocked.Add(ref _value, count);
    }

    /// <inheritdoc/>
    public override void Write(ref ExpositionWriter writer)
    {
        writer.Write(_sample);
        writer.WriteValue(Value);
    }
}
