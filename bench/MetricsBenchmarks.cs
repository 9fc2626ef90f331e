using System.Buffers;
using System.Collections.Immutable;
using BenchmarkDotNet.Attributes;
using Shunt.Backends;
using Shunt.Model;
using Shunt.Proxy.Metrics;
using Shunt.Proxy.Metrics.Exposition;
using Shunt.Proxy.Options;
using Shunt.Proxy.Sync;

namespace Shunt.Bench;

/// <summary>What it costs to be watched: one page of metrics, and one sync's worth of observations.</summary>
[MemoryDiagnoser]
public class MetricsBenchmarks
{
    private readonly ArrayBufferWriter<byte> _page = new(256 * 1024);
    private ProxyMetrics _metrics = null!;
    private SyncReport _report = null!;

    /// <summary>How many Services there are, with ten endpoints each.</summary>
    [Params(100, 10_000)]
    public int Services { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var cluster = new BenchCluster(Services);
        _metrics = new ProxyMetrics(ProxyMode.Iptables, "0.1.0", cluster.State, static () => new PacketCounts(0, 0), TimeProvider.System);
        var first = cluster.Snapshot;
        Report(null, first);
        Report(first, cluster.Take(cluster.NextChange()));
        _metrics.Health.Answered("healthz", 200);
        _metrics.Kubernetes.ShowFeatureGates(ImmutableSortedDictionary<string, bool>.Empty);
        _metrics.Requests.Answered("GET", "198.51.100.1:6443", 200, TimeSpan.FromMilliseconds(3));
    }

    /// <summary>One page, as a scrape makes it.</summary>
    [Benchmark]
    public int Scrape()
    {
        _page.ResetWrittenCount();
        _metrics.Registry.Write(_page, ExpositionFormat.Text);
        return _page.WrittenCount;
    }

    /// <summary>What a sync that changed one endpoint tells the metrics.</summary>
    [Benchmark]
    public void OneSyncObserved() => _metrics.Succeeded(_report);

    private void Report(DesiredState? previous, DesiredState desired)
    {
        _report = new SyncReport
        {
            Desired = desired,
            Previous = previous,
            Result = new ApplyResult([], 1000) { Tables = [new TableCount("filter", 3, 3), new TableCount("nat", 100, 100)] },
            Elapsed = TimeSpan.FromMilliseconds(5),
            TriggerTimes = [TimeProvider.System.GetUtcNow()],
        };
        _metrics.Requested(desired.Family);
        _metrics.Succeeded(_report);
    }
}
