namespace Shunt.Proxy.Metrics.Exposition;

/// <summary>
/// Observations, counted by size. Written while it is updated, its count is always that of its buckets; its sum may lack an observation
/// that is being made.
/// </summary>
internal sealed class Histogram(SeriesName name, Buckets buckets) : MetricSeries
{
    private readonly byte[] _bucket = name.Bucket();
    private readonly byte[] _sumSample = name.Sample("_sum");
    private readonly byte[] _countSample = name.Sample("_count");
    private readonly long[] _counts = new long[buckets.Count];
    private double _sum;

    /// <summary>How many observations there were.</summary>
    public long Count
    {
        get
        {
            var count = 0L;
            for (var i = 0; i < _counts.Length; i++) count += Interlocked.Read(ref _counts[i]);
            return count;
        }
    }

    /// <summary>The sum of all observations.</summary>
    public double Sum => Volatile.Read(ref _sum);

    /// <summary>Takes in an observation, in the unit of the metric's name.</summary>
    public void Observe(double value)
    {
        Interlocked.Increment(ref _counts[buckets.IndexOf(value)]);
        double sum;
        do
        {
            sum = Volatile.Read(ref _sum);
        }
        while (Interlocked.CompareExchange(ref _sum, sum + value, sum) != sum);
    }

    /// <inheritdoc/>
    public override void Write(ref ExpositionWriter writer)
    {
        var count = 0L;
        for (var i = 0; i < _counts.Length; i++)
        {
            count += Interlocked.Read(ref _counts[i]);
            writer.Write(_bucket);
            writer.Write(buckets.TailOf(i, writer.Format));
            writer.WriteCount(count);
        }

        writer.Write(_sumSample);
        writer.WriteValue(Sum);
        writer.Write(_countSample);
        writer.WriteCount(count);
    }
}
