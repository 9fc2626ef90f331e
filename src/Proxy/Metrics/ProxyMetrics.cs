using Shunt.Model;
using Shunt.Proxy.Metrics.Exposition;
using Shunt.Proxy.Options;
using Shunt.Proxy.State;
using Shunt.Proxy.Sync;

namespace Shunt.Proxy.Metrics;

/// <summary>
/// The agent's metrics: registers all that the mode has, and turns what happens into them. What <see cref="ISyncObserver"/> says comes from the
/// sync loop; everything else may come from any thread.
/// </summary>
internal sealed class ProxyMetrics : ISyncObserver
{
    private readonly TimeProvider _time;
    private readonly ProxyMode _mode;
    private readonly DateTimeOffset _started;
    private readonly SyncMetrics _sync;
    private readonly IptablesMetrics _iptables;
    private readonly NftablesMetrics _nftables;
    private readonly NoLocalEndpoints?[] _noLocalEndpoints = new NoLocalEndpoints?[2];

    /// <summary>Registers everything.</summary>
    /// <param name="mode">The mode, which decides what there is.</param>
    /// <param name="version">The agent's version.</param>
    /// <param name="cluster">Counts what comes in.</param>
    /// <param name="counters">Reads the kernel's packet counters; called for each page.</param>
    /// <param name="time">The clock.</param>
    public ProxyMetrics(ProxyMode mode, string version, ClusterState cluster, Func<PacketCounts> counters, TimeProvider time)
    {
        _time = time;
        _mode = mode;
        _started = time.GetUtcNow();
        _sync = new SyncMetrics(Registry, mode);
        ChangeMetrics.Register(Registry, cluster);
        _iptables = new IptablesMetrics(Registry, mode, counters);
        _nftables = new NftablesMetrics(Registry, mode);
        Conntrack = new ConntrackMetrics(Registry);
        Health = new HealthMetrics(Registry);
        Own = new ShuntMetrics(Registry, version, NameOf(mode));
        Requests = new RestClientMetrics(Registry);
        Kubernetes = new KubernetesMetrics(Registry, version);
        ProcessMetrics.Register(Registry);
        RuntimeMetrics.Register(Registry);
    }

    /// <summary>What is on the page.</summary>
    public MetricRegistry Registry { get; } = new();

    /// <summary>For the clean-up of connection tracking.</summary>
    public ConntrackMetrics Conntrack { get; }

    /// <summary>For the health server.</summary>
    public HealthMetrics Health { get; }

    /// <summary>For what kube-proxy has no metrics for.</summary>
    public ShuntMetrics Own { get; }

    /// <summary>For the client of the API server.</summary>
    public RestClientMetrics Requests { get; }

    /// <summary>For the feature gates.</summary>
    public KubernetesMetrics Kubernetes { get; }

    /// <summary>The mode as kube-proxy calls it: the body of <c>/proxyMode</c>.</summary>
    public static string NameOf(ProxyMode mode) => mode switch
    {
        ProxyMode.Iptables => "iptables",
        ProxyMode.Ipvs => "ipvs",
        _ => "nftables",
    };

    /// <inheritdoc/>
    public void Requested(IpFamily family)
    {
        ref var noLocalEndpoints = ref _noLocalEndpoints[Place(family)];
        if (noLocalEndpoints is null)
        {
            noLocalEndpoints = new NoLocalEndpoints(_sync.NoLocalEndpoints, family);
            Own.Begin(family);
        }

        _sync.LastQueued[FamilyLabel.Of(family)].Value = UnixTime(_time.GetUtcNow());
    }

    /// <inheritdoc/>
    public void Succeeded(SyncReport report)
    {
        var family = FamilyLabel.Of(report.Family);
        var now = _time.GetUtcNow();
        Took(family, report.IsFull, report.Elapsed);
        _sync.Last[family].Value = UnixTime(now);
        foreach (var trigger in report.TriggerTimes)
        {
            // What happened before the agent was there says nothing about it; and a clock that is ahead must not make a sum shrink.
            if (trigger >= _started) _sync.NetworkProgramming[family].Observe(Math.Max(0, (now - trigger).TotalSeconds));
        }

        (_noLocalEndpoints[Place(report.Family)] ??= new NoLocalEndpoints(_sync.NoLocalEndpoints, report.Family)).Take(report);
        foreach (var table in report.Result.Tables)
        {
            var labels = new LabelValues(family, table.Table);
            _iptables.Total[labels].Value = table.Total;
            _iptables.Last[labels].Value = table.Written;
        }

        // Where kube-proxy would have lost the whole sync, we lost some Service ports; the kernel refused a transaction all the same.
        if (!report.Result.Refused.IsEmpty) KernelRefused(family, report.IsFull);
        Own.Refused[family].Value = report.Refused;
        Own.Synced[family].Value = 1;
        Own.ServicePorts[family].Value = report.Desired.Services.Count;
        Own.Endpoints[family].Value = report.Desired.EndpointCount;
        Own.BytesSent[family].Add(report.Result.BytesSent);
    }

    /// <inheritdoc/>
    public void Failed(IpFamily family, bool isFull, TimeSpan elapsed)
    {
        var label = FamilyLabel.Of(family);
        Took(label, isFull, elapsed);
        KernelRefused(label, isFull);
        Own.Synced[label].Value = 0;
    }

    /// <inheritdoc/>
    public void Verified(IpFamily family, int drifted)
    {
        Own.Verifications[FamilyLabel.Of(family)].Add();
        if (drifted > 0) Own.Drifts[FamilyLabel.Of(family)].Add();
    }

    /// <summary>The clean-up of nftables left chains behind that it could not remove.</summary>
    public void NftablesCleanupFailed(IpFamily family) => _nftables.CleanupFailures[FamilyLabel.Of(family)].Add();

    private static int Place(IpFamily family) => family == IpFamily.IPv4 ? 0 : 1;

    private static double UnixTime(DateTimeOffset time) => (time - DateTimeOffset.UnixEpoch).TotalSeconds;

    private void Took(string family, bool isFull, TimeSpan elapsed)
    {
        _sync.Duration[family].Observe(elapsed.TotalSeconds);
        (isFull ? _sync.FullDuration : _sync.PartialDuration)[family].Observe(elapsed.TotalSeconds);
    }

    private void KernelRefused(string family, bool isFull)
    {
        if (_mode == ProxyMode.Nftables)
        {
            _nftables.SyncFailures[family].Add();
            return;
        }

        _iptables.RestoreFailures[family].Add();
        if (!isFull) _iptables.PartialRestoreFailures[family].Add();
    }
}
