using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using Shunt.Backends;
using Shunt.Model;
using Shunt.Proxy.Metrics;
using Shunt.Proxy.Metrics.Exposition;
using Shunt.Proxy.Options;
using Shunt.Proxy.State;
using Shunt.Proxy.Sync;
using Shunt.Testing.Builders;

namespace Shunt.Proxy.Tests.Metrics;

/// <summary>The agent's metrics, a clock that stands still, and syncs that the test makes.</summary>
internal sealed class MetricsFixture
{
    private readonly Dictionary<IpFamily, SnapshotBuilder> _builders;
    private readonly Dictionary<IpFamily, DesiredState?> _previous = [];
    private readonly NodeInfo _node;

    public MetricsFixture(ProxyMode mode = ProxyMode.Iptables, ClusterState? cluster = null, NodeInfo? node = null)
    {
        Cluster = cluster ?? ClusterStateExtensions.NewCluster();
        _node = node ?? ClusterStateExtensions.TestNode;
        Time.AdjustTime(new DateTimeOffset(2026, 11, 24, 8, 0, 0, TimeSpan.Zero));
        Metrics = new ProxyMetrics(mode, "0.1.0", Cluster, () => Counts, Time);
        _builders = new[] { IpFamily.IPv4, IpFamily.IPv6 }.ToDictionary(static family => family, family => new SnapshotBuilder(family, Cluster));
    }

    public FakeTimeProvider Time { get; } = new();

    public ClusterState Cluster { get; }

    public ProxyMetrics Metrics { get; }

    /// <summary>What the kernel's counters say.</summary>
    public PacketCounts Counts { get; set; } = new(0, 0);

    /// <summary>A sync that succeeds.</summary>
    public void Sync(IpFamily family = IpFamily.IPv4, double seconds = 0.01, Func<SyncReport, SyncReport>? with = null)
    {
        Metrics.Requested(family);
        var built = _builders[family].Build(_node, NodePortAddresses.Everywhere);
        _builders[family].Commit(built, []);
        var report = new SyncReport
        {
            Desired = built,
            Previous = _previous.GetValueOrDefault(family),
            Result = new ApplyResult([], 1000) { Tables = [new TableCount("filter", 45, 45), new TableCount("nat", 928, 928)] },
            Elapsed = TimeSpan.FromSeconds(seconds),
        };
        _previous[family] = built;
        Metrics.Succeeded(with?.Invoke(report) ?? report);
    }

    /// <summary>Everything happens that can happen, so that every series there is appears.</summary>
    public MetricsFixture AllHappened()
    {
        foreach (var family in new[] { IpFamily.IPv4, IpFamily.IPv6 })
        {
            Sync(family, with: report => report with { TriggerTimes = [Time.GetUtcNow()], Refused = 1 });
            Sync(family);
            Metrics.Failed(family, isFull: false, TimeSpan.FromSeconds(1));
            Metrics.Verified(family, 1);
            Metrics.NftablesCleanupFailed(family);
            Metrics.Conntrack.Swept(family, TimeSpan.FromMilliseconds(10), 0);
        }

        Metrics.Health.Answered("healthz", 200);
        Metrics.Health.Answered("livez", 503);
        Metrics.Health.Answered("readyz", 200);
        Metrics.Kubernetes.ShowFeatureGates(ImmutableSortedDictionary<string, bool>.Empty);
        Metrics.Requests.Answered("GET", "198.51.100.1:6443", 200, TimeSpan.FromMilliseconds(3));
        return this;
    }

    public string Text(ExpositionFormat format = ExpositionFormat.Text) => Text(Metrics.Registry, format);

    public ExposedPage Page() => ExposedPage.Parse(Text());

    public static string Text(MetricRegistry registry, ExpositionFormat format = ExpositionFormat.Text)
    {
        var output = new ArrayBufferWriter<byte>();
        registry.Write(output, format);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
