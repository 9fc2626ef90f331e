using System.Buffers;
using System.Collections.Immutable;

namespace Shunt.Proxy.Metrics.Exposition;

/// <summary>
/// The families on one page. Families are added while the agent starts; from then on any thread may write the page, and what it costs depends
/// on the number of series alone.
/// </summary>
internal sealed class MetricRegistry
{
    private readonly Lock _writing = new(); // one page at a time, so that readings need not be safe against each other
    private ImmutableArray<MetricFamily> _families = [];
    private ImmutableArray<Action> _refreshes = [];

    /// <summary>What is registered, by name.</summary>
    public ImmutableArray<MetricFamily> Families => _families;

    /// <summary>Puts a family on the page.</summary>
    /// <param name="family">The family.</param>
    /// <returns>The family.</returns>
    /// <exception cref="ArgumentException">There is one of that name.</exception>
    public T Add<T>(T family)
        where T : MetricFamily
    {
        var place = 0;
        foreach (var other in _families)
        {
            var order = string.CompareOrdinal(other.Description.Name, family.Description.Name);
            if (order == 0) throw new ArgumentException($"{family.Description.Name} is registered already", nameof(family));
            if (order < 0) place++;
        }

        _families = _families.Insert(place, family);
        return family;
    }

    /// <summary>Puts a family on the page, or, where it does not apply, on none; updating it is harmless then.</summary>
    public T AddIf<T>(bool applies, T family)
        where T : MetricFamily => applies ? Add(family) : family;

    /// <summary>A counter without labels, which is on the page from the start.</summary>
    public Counter AddCounter(MetricDescription description) => AddCounters(description)[LabelValues.None];

    /// <summary>A gauge without labels, which is on the page from the start.</summary>
    public Gauge AddGauge(MetricDescription description) => AddGauges(description)[LabelValues.None];

    /// <summary>Counters with labels.</summary>
    public MetricVector<Counter> AddCounters(MetricDescription description) => Add(Counters(description));

    /// <summary>Gauges with labels.</summary>
    public MetricVector<Gauge> AddGauges(MetricDescription description) => Add(Gauges(description));

    /// <summary>Histograms.</summary>
    public MetricVector<Histogram> AddHistograms(MetricDescription description, Buckets buckets) => Add(Histograms(description, buckets));

    /// <summary>Values that are read when they are asked for.</summary>
    public MetricReadings AddReadings(MetricDescription description) => Add(new MetricReadings(description));

    /// <summary>One such value, without labels.</summary>
    public void AddReading(MetricDescription description, Func<double?> read) => AddReadings(description).With(LabelValues.None, read);

    /// <summary>Counters that are on no page: updating them is harmless.</summary>
    public static MetricVector<Counter> Counters(MetricDescription description) => new(description, static name => new Counter(name));

    /// <summary>Gauges that are on no page.</summary>
    public static MetricVector<Gauge> Gauges(MetricDescription description) => new(description, static name => new Gauge(name));

    /// <summary>Histograms that are on no page.</summary>
    public static MetricVector<Histogram> Histograms(MetricDescription description, Buckets buckets) =>
        new(description, name => new Histogram(name, buckets));

    /// <summary>Has something read at the beginning of each page, for what gives several values at once. Must not throw.</summary>
    public void OnScrape(Action refresh) => _refreshes = _refreshes.Add(refresh);

    /// <summary>Writes the page.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="format">How.</param>
    public void Write(IBufferWriter<byte> output, ExpositionFormat format)
    {
        lock (_writing)
        {
            foreach (var refresh in _refreshes) refresh();
            var writer = new ExpositionWriter(output, format);
            foreach (var family in _families) family.Write(ref writer);
            if (format == ExpositionFormat.OpenMetrics) writer.Write("# EOF\n"u8);
            writer.Complete();
        }
    }
}
