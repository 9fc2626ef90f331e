using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Shunt.Model;
using Shunt.Proxy.Events;
using Shunt.Proxy.Kubernetes;
using Shunt.Testing.Kubernetes;
using Shunt.Testing.Logging;

namespace Shunt.Proxy.Tests.Events;

/// <summary>06 section 5, against a server that checks events as the real one does.</summary>
public sealed class EventRecorderTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 22, 8, 6, 12, TimeSpan.Zero));
    private readonly RecordingLogger _logger = new();
    private readonly CancellationTokenSource _stop = new();
    private FakeApiServer _server = null!; // set before every test
    private EventRecorder _recorder = null!;
    private AgentEvents _events = null!;
    private Task _running = Task.CompletedTask;

    public async ValueTask InitializeAsync()
    {
        _server = await FakeApiServer.StartAsync();
        _recorder = new EventRecorder(
            new ApiServerOptions { Server = ServerUrl.Parse(_server.Url.ToString(), false)!, Credential = Credential.Bearer("t") }, "host-1", _time, _logger);
        _events = new AgentEvents(_recorder, "node-1");
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _recorder.Dispose();
        _stop.Dispose();
        await _server.DisposeAsync();
    }

    [Fact(Timeout = 60_000)]
    public async Task The_start_is_an_event_about_the_node_as_kube_proxy_writes_it()
    {
        _events.Starting();
        Start();
        await UntilAsync(() => _server.Events.Count == 1);

        var e = _server.Events[0];
        Assert.StartsWith("node-1.", (string)e["metadata"]!["name"]!, StringComparison.Ordinal);
        e["metadata"]!.AsObject().Remove("name");
        Assert.Equal(
            """
            {"kind":"Event","apiVersion":"events.k8s.io/v1","metadata":{"namespace":"default"},"eventTime":"2026-11-22T08:06:12.000000Z",
            "reportingController":"kube-proxy","reportingInstance":"kube-proxy-host-1","action":"StartKubeProxy","reason":"Starting",
            "regarding":{"kind":"Node","name":"node-1","apiVersion":"v1"},"type":"Normal"}
            """.ReplaceLineEndings(""),
            e.ToJsonString());
        Assert.All(_server.Requests, static r => Assert.Equal(("POST", "Bearer t"), (r.Method, r.Authorization)));
    }

    [Fact(Timeout = 60_000)]
    public async Task Every_kind_of_event_passes_the_servers_checks()
    {
        _events.Starting();
        _events.FailedToStartProxierHealthcheck("listen tcp :10256: bind: address already in use");
        _events.FailedToStartMetricServer("listen tcp 127.0.0.1:10249: bind: address already in use");
        _events.FailedToStartServiceHealthcheck("shop", "web", "node node-1 failed to start healthcheck \"shop/web\" on port 30100: address already in use");
        _events.ServiceRefused(new ServicePortName("shop", "web", "http", Protocol.Tcp), IpFamily.IPv4, "No chain/target/match by that name");
        _events.RulesRepaired("iptables", IpFamily.IPv6);
        Start();
        await UntilAsync(() => _server.Events.Count == 6);

        Assert.Equal(
            [
                ("FailedToStartMetricServer", "StartKubeProxy", "Warning", "default/node-1"),
                ("FailedToStartProxierHealthcheck", "StartKubeProxy", "Warning", "default/node-1"),
                ("FailedToStartServiceHealthcheck", "Listen", "Warning", "shop/web"),
                ("RulesRepaired", "SyncProxyRules", "Warning", "default/node-1"),
                ("ServiceRefused", "SyncProxyRules", "Warning", "shop/web"),
                ("Starting", "StartKubeProxy", "Normal", "default/node-1"),
            ],
            _server.Events.Select(static e => (Text(e, "reason"), Text(e, "action"), Text(e, "type"),
                $"{e["metadata"]!["namespace"]}/{e["regarding"]!["name"]}")).Order());
        Assert.Equal(
            "node node-1 failed to start healthcheck \"shop/web\" on port 30100: address already in use",
            Text(_server.Events.Single(static e => Text(e, "action") == "Listen"), "note"));
        Assert.Equal(0, _recorder.Dropped);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_long_note_is_cut_off_at_the_servers_limit()
    {
        _events.FailedToStartMetricServer(new string('ä', 5000));
        Start();
        await UntilAsync(() => _server.Events.Count == 1);

        var note = Text(_server.Events[0], "note");
        Assert.InRange(Encoding.UTF8.GetByteCount(note), 1020, 1024);
        Assert.EndsWith("ä...", note, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task What_happens_again_and_again_is_one_event_with_a_count()
    {
        Start();
        _events.RulesRepaired("iptables", IpFamily.IPv4);
        await UntilAsync(() => _server.Events.Count == 1);
        for (var i = 0; i < 9_999; i++) _events.RulesRepaired("iptables", IpFamily.IPv4);
        await UntilAsync(() => Count() == 10_000, advance: true);
        _events.RulesRepaired("iptables", IpFamily.IPv4);
        await UntilAsync(() => Count() == 10_001, advance: true);

        // The event, that it happens again (the recorder may see that before the last of them), and two counts, five minutes apart.
        Assert.Single(_server.Events);
        Assert.InRange(_server.Requests.Count, 3, 4);
        Assert.Equal(0, _recorder.Dropped);

        int Count() => (int?)_server.Events[0]["series"]?["count"] ?? 1;
    }

    [Fact(Timeout = 60_000)]
    public async Task A_count_of_an_event_the_server_has_forgotten_makes_it_anew()
    {
        Start();
        _events.RulesRepaired("iptables", IpFamily.IPv4);
        await UntilAsync(() => _server.Events.Count == 1);
        _server.ForgetEvents();
        _events.RulesRepaired("iptables", IpFamily.IPv4);

        await UntilAsync(() => _server.Events.Count == 1, advance: true);
        Assert.Equal(2, (int)_server.Events[0]["series"]!["count"]!);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_flood_of_different_events_is_dropped_but_for_some_and_they_are_sent_slowly()
    {
        for (var i = 0; i < 10_000; i++) _events.FailedToStartMetricServer($"reason {i}");
        Assert.InRange(_recorder.Dropped, 9_000, 9_999);
        Start();
        await UntilAsync(() => _server.Requests.Count >= 10);
        Assert.Equal(10, _server.Requests.Count); // the burst; time stands still

        var start = _time.GetUtcNow();
        await UntilAsync(() => _server.Events.Count == 10_000 - _recorder.Dropped, advance: true, step: TimeSpan.FromMilliseconds(100));
        var seconds = (_time.GetUtcNow() - start).TotalSeconds;
        Assert.True(seconds >= (_server.Events.Count - 11) / 5.0, $"{_server.Events.Count} events in {seconds} s");
    }

    [Fact(Timeout = 60_000)]
    public async Task A_server_in_trouble_gets_a_few_tries()
    {
        for (var i = 0; i < 3; i++) _server.Fail(static r => r.Method == "POST", FakeFaults.Status(503, "ServiceUnavailable", "not now", retryAfter: 1));
        _events.Starting();
        Start();

        await UntilAsync(() => _server.Events.Count == 1, advance: true);
        Assert.Equal(4, _server.Requests.Count);
        Assert.Empty(_logger.Lines);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_server_that_is_away_costs_events_but_nothing_else()
    {
        await _server.DisposeAsync();
        _events.Starting();
        _events.RulesRepaired("iptables", IpFamily.IPv4);
        Start();

        await UntilAsync(() => _recorder.Dropped == 2, advance: true);
        Assert.Equal(1, _logger.Count("Unable to write events"));
        Assert.False(_running.IsCompleted);
        _server = await FakeApiServer.StartAsync(); // for the end of the test to end
    }

    [Fact(Timeout = 60_000)]
    public async Task Without_the_right_to_write_events_there_is_one_warning()
    {
        _server.AllowsEvents = false;
        for (var i = 0; i < 5; i++) _events.FailedToStartMetricServer($"reason {i}");
        Start();
        await UntilAsync(() => _recorder.Dropped == 5);

        Assert.Equal(5, _server.Requests.Count); // no use trying one twice
        Assert.Equal(LogLevel.Warning, Assert.Single(_logger.Lines).Level);
        Assert.Equal(1, _logger.Count("The API server does not take events"));

        _server.AllowsEvents = true; // and when the right comes, so do the events
        _events.FailedToStartMetricServer("reason 1");
        await UntilAsync(() => _server.Events.Count == 1, advance: true);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_token_that_has_run_out_is_read_again()
    {
        _server.RequiredToken = "new";
        using var recorder = new EventRecorder(
            new ApiServerOptions { Server = ServerUrl.Parse(_server.Url.ToString(), false)!, Credential = new RotatingToken("old", "new") }, "h", _time, _logger);
        recorder.Record(new ClusterEvent { Regarding = EventSubject.Node("n"), Reason = "R", Action = "A" });
        var running = recorder.RunAsync(_stop.Token);
        await UntilAsync(() => _server.Events.Count == 1);

        await _stop.CancelAsync();
        await running;
        Assert.Equal(["Bearer old", "Bearer new"], _server.Requests.Select(static r => r.Authorization).Distinct());
        Assert.All(_server.Requests, static r => Assert.Contains("\"reason\":\"R\"", r.Body, StringComparison.Ordinal));
    }

    [Fact(Timeout = 60_000)]
    public async Task What_is_recorded_last_is_sent_before_the_agent_ends()
    {
        Start();
        await _stop.CancelAsync();
        _events.FailedToStartProxierHealthcheck("in use");
        await _running;
        Assert.InRange(_server.Events.Count, 0, 1); // depends on who was first

        _running = _recorder.RunAsync(_stop.Token); // one that is told to end at once
        await _running;
        Assert.Equal("FailedToStartProxierHealthcheck", Text(Assert.Single(_server.Events), "reason"));
    }

    private void Start() => _running = _recorder.RunAsync(_stop.Token);

    private static string Text(JsonObject e, string field) => (string?)e[field] ?? "";

    /// <summary>Waits for something the recorder does by itself, or, when asked, as time goes by.</summary>
    private async Task UntilAsync(Func<bool> condition, bool advance = false, TimeSpan? step = null)
    {
        while (!condition())
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            if (advance) _time.Advance(step ?? TimeSpan.FromSeconds(1));
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    private sealed class RotatingToken(string first, string second) : Credential
    {
        private string _token = first;

        public override ValueTask<System.Net.Http.Headers.AuthenticationHeaderValue?> GetHeaderAsync(CancellationToken ct) =>
            ValueTask.FromResult<System.Net.Http.Headers.AuthenticationHeaderValue?>(new("Bearer", _token));

        public override void Refused() => _token = second;
    }
}
