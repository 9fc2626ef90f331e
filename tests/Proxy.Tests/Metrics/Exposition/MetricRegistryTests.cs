using Shunt.Proxy.Metrics.Exposition;

namespace Shunt.Proxy.Tests.Metrics.Exposition;

public sealed class MetricRegistryTests
{
    private readonly MetricRegistry _registry = new();

    [Fact]
    public void Families_come_in_the_order_of_their_names_and_series_in_that_of_their_labels()
    {
        var requests = _registry.AddCounters(MetricDescription.Alpha("b_total", MetricKind.Counter, "Requests", "code", "host"));
        requests[new LabelValues("500", "a")].Add();
        requests[new LabelValues("200", "b")].Add(3);
        requests[new LabelValues("200", "a")].Add(2);
        _registry.AddGauge(MetricDescription.Own("a", MetricKind.Gauge, "Depth")).Value = 1.5;

        Assert.Equal(
            """
            # HELP a Depth
            # TYPE a gauge
            a 1.5
            # HELP b_total [ALPHA] Requests
            # TYPE b_total counter
            b_total{code="200",host="a"} 2
            b_total{code="200",host="b"} 3
            b_total{code="500",host="a"} 1

            """,
            MetricsFixture.Text(_registry));
    }

    [Fact]
    public void A_histogram_counts_up_to_each_bound_and_the_bound_itself()
    {
        var sizes = _registry.AddHistograms(MetricDescription.Own("size", MetricKind.Histogram, "Size", "kind"), new Buckets(0.5, 1, 2000000))["x"];
        sizes.Observe(0.5);
        sizes.Observe(0.75);
        sizes.Observe(3000000);

        Assert.Equal(
            """
            # HELP size Size
            # TYPE size histogram
            size_bucket{kind="x",le="0.5"} 1
            size_bucket{kind="x",le="1"} 2
            size_bucket{kind="x",le="2e+06"} 2
            size_bucket{kind="x",le="+Inf"} 3
            size_sum{kind="x"} 3.00000125e+06
            size_count{kind="x"} 3

            """,
            MetricsFixture.Text(_registry));
    }

    [Fact]
    public void OpenMetrics_names_counters_without_their_suffix_and_says_where_the_page_ends()
    {
        _registry.AddCounter(MetricDescription.Own("a_total", MetricKind.Counter, "Says \"a\"")).Add();
        _registry.AddHistograms(MetricDescription.Own("size", MetricKind.Histogram, "Size"), new Buckets(1))[LabelValues.None].Observe(1);

        Assert.Equal(
            """
            # HELP a Says \"a\"
            # TYPE a counter
            a_total 1.0
            # HELP size Size
            # TYPE size histogram
            size_bucket{le="1.0"} 1
            size_bucket{le="+Inf"} 1
            size_sum 1.0
            size_count 1
            # EOF

            """,
            MetricsFixture.Text(_registry, ExpositionFormat.OpenMetrics));
    }

    [Fact]
    public void Help_and_labels_are_escaped()
    {
        _registry.AddGauges(MetricDescription.Own("a", MetricKind.Gauge, "back\\slash\nand \"more\"", "l"))["\"x\"\\\n"].Value = 1;

        Assert.Equal("# HELP a back\\\\slash\\nand \"more\"\n# TYPE a gauge\na{l=\"\\\"x\\\"\\\\\\n\"} 1\n", MetricsFixture.Text(_registry));
    }

    [Fact]
    public void What_was_never_used_is_not_on_the_page()
    {
        _registry.AddCounters(MetricDescription.Own("a_total", MetricKind.Counter, "A", "l"));
        _registry.AddReading(MetricDescription.Own("b", MetricKind.Gauge, "B"), static () => null);
        _registry.AddIf(false, MetricRegistry.Gauges(MetricDescription.Own("c", MetricKind.Gauge, "C", "l")))["x"].Value = 1;

        Assert.Equal("", MetricsFixture.Text(_registry));
    }

    [Fact]
    public void A_name_cannot_be_taken_twice()
    {
        _registry.AddGauge(MetricDescription.Own("a", MetricKind.Gauge, "A"));

        var error = Assert.Throws<ArgumentException>(() => _registry.AddCounter(MetricDescription.Own("a", MetricKind.Counter, "A")));

        Assert.Contains("a is registered already", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Readings_are_refreshed_once_for_each_page()
    {
        var refreshes = 0;
        _registry.OnScrape(() => refreshes++);
        _registry.AddReading(MetricDescription.Own("a", MetricKind.Gauge, "A"), () => refreshes);

        MetricsFixture.Text(_registry);

        Assert.EndsWith("a 2\n", MetricsFixture.Text(_registry), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_written_during_updates_is_consistent_and_nothing_is_lost()
    {
        const int perThread = 50_000;
        var counters = _registry.AddCounters(MetricDescription.Own("c_total", MetricKind.Counter, "C", "l"));
        var histogram = _registry.AddHistograms(MetricDescription.Own("h", MetricKind.Histogram, "H"), new Buckets(1, 2))[LabelValues.None];
        var updates = Enumerable.Range(0, 4).Select(thread => Task.Run(() =>
        {
            for (var i = 0; i < perThread; i++)
            {
                counters[i % 7 == 0 ? "seventh" : "other"].Add();
                histogram.Observe(i % 3);
            }
        })).ToArray();

        var all = Task.WhenAll(updates);
        while (!all.IsCompleted)
        {
            var page = ExposedPage.Parse(MetricsFixture.Text(_registry));
            Assert.Equal(page["h_bucket{le=\"+Inf\"}"], page["h_count"]);
            Assert.True(page["h_bucket{le=\"1\"}"] <= page["h_bucket{le=\"2\"}"]);
        }

        await all;
        var last = ExposedPage.Parse(MetricsFixture.Text(_registry));
        Assert.Equal(4 * perThread, last["h_count"]);
        Assert.Equal(updates.Length * Enumerable.Range(0, perThread).Sum(static i => i % 3), last["h_sum"]);
        Assert.Equal(4 * perThread, last["c_total{l=\"seventh\"}"] + last["c_total{l=\"other\"}"]);
    }
}
