using System.Collections.Immutable;
using Shunt.Backends;
using Shunt.Model;
using Shunt.Proxy.Metrics;
using Shunt.Proxy.Options;
using Shunt.Testing.Builders;
using static Shunt.Testing.Builders.Build;

namespace Shunt.Proxy.Tests.Metrics;

public sealed class ProxyMetricsTests
{
    private const string V4 = "{ip_family=\"IPv4\"}";

    private readonly MetricsFixture _fixture = new();

    [Fact]
    public void A_sync_is_timed_as_what_it_was()
    {
        _fixture.Sync(seconds: 0.3);
        _fixture.Sync(seconds: 0.002);
        _fixture.Metrics.Failed(IpFamily.IPv4, isFull: false, TimeSpan.FromSeconds(2));

        var page = _fixture.Page();
        Assert.Equal(3, page["kubeproxy_sync_proxy_rules_duration_seconds_count" + V4]);
        Assert.Equal(2.302, page["kubeproxy_sync_proxy_rules_duration_seconds_sum" + V4], 1e-9);
        Assert.Equal(1, page["kubeproxy_sync_full_proxy_rules_duration_seconds_count" + V4]);
        Assert.Equal(2, page["kubeproxy_sync_partial_proxy_rules_duration_seconds_count" + V4]);
        Assert.Equal(1, page["kubeproxy_sync_partial_proxy_rules_duration_seconds_bucket{ip_family=\"IPv4\",le=\"0.002\"}"]);
        Assert.DoesNotContain("kubeproxy_sync_proxy_rules_duration_seconds_count{ip_family=\"IPv6\"}", page.Samples.Keys);
    }

    [Fact]
    public void Times_are_those_of_the_last_request_and_the_last_success()
    {
        _fixture.Sync();
        _fixture.Time.Advance(TimeSpan.FromMilliseconds(1500));
        _fixture.Metrics.Requested(IpFamily.IPv4);
        _fixture.Time.Advance(TimeSpan.FromSeconds(1));
        _fixture.Metrics.Failed(IpFamily.IPv4, isFull: false, TimeSpan.FromSeconds(1));

        var page = _fixture.Page();
        var start = new DateTimeOffset(2026, 11, 24, 8, 0, 0, TimeSpan.Zero).ToUnixTimeSeconds();
        Assert.Equal(start, page["kubeproxy_sync_proxy_rules_last_timestamp_seconds" + V4]);
        Assert.Equal(start + 1.5, page["kubeproxy_sync_proxy_rules_last_queued_timestamp_seconds" + V4]);
        Assert.Equal(0, page["shunt_synced" + V4]);
    }

    [Fact]
    public void Each_trigger_time_is_one_observation_and_those_from_before_the_start_are_none()
    {
        var start = _fixture.Time.GetUtcNow();
        _fixture.Time.Advance(TimeSpan.FromSeconds(10));

        _fixture.Sync(with: report => report with { TriggerTimes = [start.AddSeconds(-1), start, start.AddSeconds(9.7), start.AddSeconds(11)] });

        var page = _fixture.Page();
        Assert.Equal(3, page["kubeproxy_network_programming_duration_seconds_count" + V4]);
        Assert.Equal(10.3, page["kubeproxy_network_programming_duration_seconds_sum" + V4], 1e-6); // a clock that is ahead counts as no time
        Assert.Equal(2, page["kubeproxy_network_programming_duration_seconds_bucket{ip_family=\"IPv4\",le=\"0.5\"}"]);
        Assert.Equal(2, page["kubeproxy_network_programming_duration_seconds_bucket{ip_family=\"IPv4\",le=\"9\"}"]);
        Assert.Equal(3, page["kubeproxy_network_programming_duration_seconds_bucket{ip_family=\"IPv4\",le=\"10\"}"]);
    }

    [Fact]
    public void Failures_count_and_so_does_what_the_kernel_refused_in_a_sync_that_succeeded()
    {
        _fixture.Sync(with: report => report with { Result = new ApplyResult([new Refusal(Spn("ns/bad"), "no"), new Refusal(Spn("ns/worse"), "no")], 0) });
        _fixture.Metrics.Failed(IpFamily.IPv4, isFull: true, TimeSpan.FromSeconds(1));
        _fixture.Metrics.Failed(IpFamily.IPv4, isFull: false, TimeSpan.FromSeconds(1));

        var page = _fixture.Page();
        Assert.Equal(3, page["kubeproxy_sync_proxy_rules_iptables_restore_failures_total" + V4]);
        Assert.Equal(1, page["kubeproxy_sync_proxy_rules_iptables_partial_restore_failures_total" + V4]);
    }

    [Fact]
    public void Local_policy_without_endpoints_here_is_counted_from_what_changes()
    {
        _fixture.Cluster.Put(
            Svc("ns/internal").ClusterIp("10.0.0.1").Port(80).InternalLocal(),
            Slice("ns/internal-1").Port(8080).Endpoint("10.1.0.1", node: "elsewhere"),
            Svc("ns/external").ClusterIp("10.0.0.2").Port(80).NodePort(30080).ExternalLocal(),
            Slice("ns/external-1").Port(8080).Endpoint("10.1.0.2", node: "elsewhere"),
            Svc("ns/both").ClusterIp("10.0.0.3").Port(80).NodePort(30081).ExternalLocal().InternalLocal(),
            Slice("ns/both-1").Port(8080).Endpoint("10.1.0.3", node: "elsewhere"),
            Svc("ns/here").ClusterIp("10.0.0.4").Port(80).InternalLocal(),
            Slice("ns/here-1").Port(8080).Endpoint("10.1.0.4", node: "test-node"),
            Svc("ns/none").ClusterIp("10.0.0.5").Port(80).InternalLocal(),
            Svc("ns/cluster").ClusterIp("10.0.0.6").Port(80),
            Slice("ns/cluster-1").Port(8080).Endpoint("10.1.0.6", node: "elsewhere"));
        _fixture.Sync();
        Assert.Equal((2, 2), NoLocalEndpoints());

        _fixture.Cluster.Put(Slice("ns/both-1").Port(8080).Endpoint("10.1.0.3", node: "test-node"));
        _fixture.Sync();
        Assert.Equal((1, 1), NoLocalEndpoints());

        _fixture.Cluster.Delete(Svc("ns/external"));
        _fixture.Cluster.Put(Slice("ns/none-1").Port(8080).Endpoint("10.1.0.5", node: "elsewhere"));
        _fixture.Sync();
        Assert.Equal((0, 2), NoLocalEndpoints());
    }

    [Fact]
    public void The_size_of_what_is_in_force_and_of_what_was_written_is_shown()
    {
        _fixture.Cluster.Put(Svc("ns/a").ClusterIp("10.0.0.1").Port(80), Slice("ns/a-1").Port(8080).Endpoints("10.1.0.1", "10.1.0.2"));
        _fixture.Sync();
        _fixture.Sync(with: static report => report with { Result = new ApplyResult([], 24) { Tables = [new TableCount("nat", 930, 4)] } });

        var page = _fixture.Page();
        Assert.Equal(930, page["kubeproxy_sync_proxy_rules_iptables_total{ip_family=\"IPv4\",table=\"nat\"}"]);
        Assert.Equal(4, page["kubeproxy_sync_proxy_rules_iptables_last{ip_family=\"IPv4\",table=\"nat\"}"]);
        Assert.Equal(45, page["kubeproxy_sync_proxy_rules_iptables_total{ip_family=\"IPv4\",table=\"filter\"}"]);
        Assert.Equal(1, page["shunt_service_ports" + V4]);
        Assert.Equal(2, page["shunt_endpoints" + V4]);
        Assert.Equal(1024, page["shunt_sync_bytes_sent_total" + V4]);
        Assert.Equal(1, page["shunt_synced" + V4]);
    }

    [Fact]
    public void Changes_are_counted_as_kube_proxy_counts_them()
    {
        _fixture.Cluster.Put(Svc("ns/a").ClusterIp("10.0.0.1").Port(80), Slice("ns/a-1").Port(8080).Endpoints("10.1.0.1"));

        var before = _fixture.Page();
        _fixture.Sync();
        var after = _fixture.Page();

        Assert.Equal(1, before["kubeproxy_sync_proxy_rules_endpoint_changes_pending"]);
        Assert.Equal(1, before["kubeproxy_sync_proxy_rules_service_changes_pending"]);
        Assert.Equal(0, after["kubeproxy_sync_proxy_rules_endpoint_changes_pending"]);
        Assert.Equal(1, after["kubeproxy_sync_proxy_rules_endpoint_changes_total"]);
        Assert.Equal(2, after["kubeproxy_sync_proxy_rules_service_changes_total"]); // once for each family
    }

    [Fact]
    public void What_others_changed_and_what_is_refused_is_shown_from_the_first_request_on()
    {
        _fixture.Metrics.Requested(IpFamily.IPv4);
        var before = _fixture.Page();
        _fixture.Metrics.Verified(IpFamily.IPv4, 0);
        _fixture.Metrics.Verified(IpFamily.IPv4, 7);
        _fixture.Sync(with: static report => report with { Refused = 2 });
        var after = _fixture.Page();

        Assert.Equal((0, 0), (before["shunt_drift_repairs_total" + V4], before["shunt_refused_service_ports" + V4]));
        Assert.Equal((1, 2), (after["shunt_drift_repairs_total" + V4], after["shunt_refused_service_ports" + V4]));
        Assert.Equal(2, after["shunt_verifications_total" + V4]);
    }

    [Fact]
    public void Packet_counters_are_shown_only_where_the_kernel_has_them()
    {
        _fixture.Counts = new PacketCounts(7, null);

        var page = _fixture.Page();

        Assert.Equal(7, page["kubeproxy_iptables_ct_state_invalid_dropped_packets_total"]);
        Assert.DoesNotContain("kubeproxy_iptables_localhost_nodeports_accepted_packets_total", page.Help.Keys);
    }

    [Fact]
    public void Requests_to_the_API_server_are_counted_and_watches_are_not_timed()
    {
        _fixture.Metrics.Requests.Answered("GET", "api:6443", 200, null);
        _fixture.Metrics.Requests.Answered("POST", "api:6443", 201, TimeSpan.FromMilliseconds(13));
        _fixture.Metrics.Requests.Answered("POST", "api:6443", null, TimeSpan.FromSeconds(30));

        var page = _fixture.Page();
        Assert.Equal(1, page["rest_client_requests_total{code=\"200\",host=\"api:6443\",method=\"GET\"}"]);
        Assert.Equal(1, page["rest_client_requests_total{code=\"<error>\",host=\"api:6443\",method=\"POST\"}"]);
        Assert.Equal(1, page["rest_client_request_duration_seconds_bucket{host=\"api:6443\",verb=\"POST\",le=\"0.025\"}"]);
        Assert.Equal(2, page["rest_client_request_duration_seconds_count{host=\"api:6443\",verb=\"POST\"}"]);
        Assert.DoesNotContain("rest_client_request_duration_seconds_count{host=\"api:6443\",verb=\"GET\"}", page.Samples.Keys);
    }

    [Theory]
    [InlineData(ProxyMode.Nftables, "kubeproxy_sync_proxy_rules_nftables_sync_failures_total", "kubeproxy_sync_proxy_rules_iptables_restore_failures_total")]
    [InlineData(ProxyMode.Ipvs, "kubeproxy_sync_proxy_rules_iptables_restore_failures_total", "kubeproxy_sync_full_proxy_rules_duration_seconds")]
    [InlineData(ProxyMode.Iptables, "kubeproxy_sync_partial_proxy_rules_duration_seconds", "kubeproxy_sync_proxy_rules_nftables_cleanup_failures_total")]
    public void A_mode_has_its_own_metrics_and_not_those_of_others(object mode, string its, string anothers)
    {
        var page = new MetricsFixture((ProxyMode)mode).AllHappened().Page();

        Assert.Contains(its, page.Help.Keys);
        Assert.DoesNotContain(anothers, page.Help.Keys);
    }

    [Fact]
    public void Answers_of_the_health_server_and_feature_gates_are_shown()
    {
        var page = _fixture.AllHappened().Page();
        _fixture.Metrics.Kubernetes.ShowFeatureGates(ImmutableSortedDictionary<string, bool>.Empty.Add("ComponentFlagz", false));
        var switched = _fixture.Page();

        Assert.Equal(1, page["kubeproxy_proxy_healthz_total{code=\"200\"}"]);
        Assert.Equal(1, page["kubeproxy_proxy_livez_total{code=\"503\"}"]);
        Assert.Equal(1, page["kubernetes_feature_enabled{name=\"NFTablesProxyMode\",stage=\"\"}"]);
        Assert.Equal(1, page["kubernetes_feature_enabled{name=\"ComponentFlagz\",stage=\"BETA\"}"]);
        Assert.Equal(0, switched["kubernetes_feature_enabled{name=\"ComponentFlagz\",stage=\"BETA\"}"]);
    }

    [Fact]
    public void The_process_is_measured()
    {
        var page = _fixture.Page();

        Assert.InRange(page["process_resident_memory_bytes"], 10e6, 10e9);
        Assert.InRange(page["process_virtual_memory_bytes"], page["process_resident_memory_bytes"], double.MaxValue);
        Assert.InRange(page["process_open_fds"], 3, page["process_max_fds"]);
        Assert.InRange(page["process_num_threads"], 2, 10_000);
        Assert.InRange(page["process_cpu_seconds_total"], 0.01, 1e6);
        Assert.InRange(page["process_start_time_seconds"], 1.6e9, TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() + 1);
        Assert.Contains("process_network_receive_bytes_total", page.Samples.Keys);
        Assert.Contains("process_network_transmit_bytes_total", page.Samples.Keys);
        Assert.Contains("process_virtual_memory_max_bytes", page.Samples.Keys);
        Assert.InRange(page["dotnet_gc_heap_total_allocated_bytes_total"], 1e5, double.MaxValue);
        Assert.Equal(GC.MaxGeneration + 1, page.Samples.Keys.Count(static sample => sample.StartsWith("dotnet_gc_collections_total{", StringComparison.Ordinal)));
    }

    [Fact]
    public void Observations_make_no_garbage()
    {
        _fixture.AllHappened();
        var report = new Shunt.Proxy.Sync.SyncReport
        {
            Desired = _fixture.Cluster.Snapshot() with { Delta = new DesiredStateDelta { BaseVersion = 1 } },
            Previous = _fixture.Cluster.Snapshot(),
            Result = new ApplyResult([], 10) { Tables = [new TableCount("nat", 1, 1)] },
            Elapsed = TimeSpan.FromSeconds(1),
            TriggerTimes = [_fixture.Time.GetUtcNow()],
        };

        // The walk over what changed is an object; nothing else may be one.
        Assert.InRange(Allocated(Observe), 0, Allocated(() => WalkOver(report)));

        void Observe()
        {
            _fixture.Metrics.Requested(IpFamily.IPv4);
            _fixture.Metrics.Succeeded(report);
            _fixture.Metrics.Failed(IpFamily.IPv4, isFull: false, TimeSpan.FromSeconds(1));
            _fixture.Metrics.Verified(IpFamily.IPv4, 1);
            _fixture.Metrics.Conntrack.Swept(IpFamily.IPv4, TimeSpan.FromSeconds(1), 1);
            _fixture.Metrics.Health.Answered("healthz", 200);
            _fixture.Metrics.Requests.Answered("GET", "198.51.100.1:6443", 200, TimeSpan.FromMilliseconds(3));
        }
    }

    private static void WalkOver(Shunt.Proxy.Sync.SyncReport report)
    {
        foreach (var change in report.Changes()) Assert.Fail($"{change} is a change");
    }

    private static long Allocated(Action action)
    {
        action();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++) action();
        return (GC.GetAllocatedBytesForCurrentThread() - before) / 1000;
    }

    private (double External, double Internal) NoLocalEndpoints()
    {
        var page = _fixture.Page();
        return (
            page["kubeproxy_sync_proxy_rules_no_local_endpoints_total{ip_family=\"IPv4\",traffic_policy=\"external\"}"],
            page["kubeproxy_sync_proxy_rules_no_local_endpoints_total{ip_family=\"IPv4\",traffic_policy=\"internal\"}"]);
    }
}
