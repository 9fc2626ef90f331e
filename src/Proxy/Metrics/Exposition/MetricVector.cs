namespace Shunt.Proxy.Metrics.Exposition;

/// <summary>
/// A family whose series appear when they are first used, and stay. Finding one costs a walk over those there are: for a handful of
/// series, not for label values that come from the cluster.
/// </summary>
/// <typeparam name="T">The kind of series.</typeparam>
internal sealed class MetricVector<T> : MetricFamily
    where T : MetricSeries
{
    private readonly Func<SeriesName, T> _create;
    private readonly Lock _adding = new();
    private volatile Entry[] _entries = []; // never changed, only replaced: the scrape reads it while a series is added

    /// <summary>A family without series.</summary>
    /// <param name="description">What they have in common.</param>
    /// <param name="create">Makes one.</param>
    public MetricVector(MetricDescription description, Func<SeriesName, T> create)
        : base(description) => _create = create;

    /// <summary>The series with those labels, which is there from now on.</summary>
    public T this[LabelValues values] => Find(values) ?? Add(values);

    /// <summary>The series with that one label.</summary>
    public T this[string value] => this[new LabelValues(value)];

    /// <summary>Forgets all series.</summary>
    public void Reset()
    {
        lock (_adding) _entries = [];
    }

    /// <inheritdoc/>
    public override void Write(ref ExpositionWriter writer)
    {
        var entries = _entries;
        if (entries.Length == 0) return;
        WriteHeader(ref writer);
        foreach (var entry in entries) entry.Series.Write(ref writer);
    }

    private T? Find(LabelValues values)
    {
        foreach (ref readonly var entry in _entries.AsSpan())
        {
            if (entry.Values == values) return entry.Series;
        }

        return null;
    }

    private T Add(LabelValues values)
    {
        lock (_adding)
        {
            if (Find(values) is { } found) return found;
            var series = _create(SeriesName.Of(Description, values));
            Entry[] entries = [.. _entries, new Entry(values, series)];
            Array.Sort(entries, static (left, right) => left.Values.CompareTo(right.Values));
            _entries = entries;
            return series;
        }
    }

    private readonly record struct Entry(LabelValues Values, T Series);
}
