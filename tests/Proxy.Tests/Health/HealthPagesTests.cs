using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Shunt.Backends;
using Shunt.Model;
using Shunt.Proxy.Health;
using Shunt.Proxy.Http;
using Shunt.Proxy.State;
using Shunt.Proxy.Sync;
using Shunt.Testing.Network;

namespace Shunt.Proxy.Tests.Health;

/// <summary>Rows 217 to 224 of 07, and section 1 of 06.</summary>
public sealed class HealthPagesTests
{
    private const string Start = "2026-11-22T08:57:32.25Z";

    private readonly FakeTimeProvider _time = new(DateTimeOffset.Parse(Start, null));
    private readonly List<string> _answered = [];
    private readonly ProxyHealth _health;
    private readonly HealthPages _pages;

    public HealthPagesTests()
    {
        _health = new ProxyHealth(TimeSpan.FromSeconds(10), _time);
        _pages = new HealthPages(_health, _time, (page, code) => _answered.Add($"{page} {code}"));
    }

    [Fact]
    public async Task Before_anything_starts_the_proxy_is_healthy() // row 217
    {
        _health.NodeChanged(true);

        Assert.Equal($$"""200 {"lastUpdated":"{{Start}}","currentTime":"{{Start}}","nodeEligible":true,"healthy":true}""", await AskAsync("/healthz"));
        Assert.Equal($$"""200 {"lastUpdated":"{{Start}}","currentTime":"{{Start}}","healthy":true}""", await AskAsync("/livez"));
        Assert.True(_health.IsHealthy);
    }

    [Fact]
    public async Task A_node_that_is_not_known_is_not_eligible()
    {
        Assert.Equal(
            $$"""503 {"lastUpdated":"0001-01-01T00:00:00Z","currentTime":"{{Start}}","nodeEligible":false,"healthy":true}""", await AskAsync("/healthz"));
        Assert.StartsWith("200 ", await AskAsync("/livez"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_idle_proxy_stays_healthy_and_says_it_was_updated_now() // row 218
    {
        StartBoth();
        _time.Advance(TimeSpan.FromSeconds(25));

        Assert.Equal(
            """200 {"lastUpdated":"2026-11-22T08:57:57.25Z","currentTime":"2026-11-22T08:57:57.25Z","nodeEligible":true,"healthy":true,"status":{"IPv4":{"lastUpdated":"2026-11-22T08:57:32.25Z","healthy":true},"IPv6":{"lastUpdated":"2026-11-22T08:57:32.25Z","healthy":true}}}""",
            await AskAsync("/healthz"));
    }

    [Theory] // rows 219 and 220
    [InlineData(IpFamily.IPv4, false, true)]
    [InlineData(IpFamily.IPv6, true, false)]
    public async Task A_family_whose_change_waits_too_long_is_unhealthy(IpFamily late, bool v4, bool v6)
    {
        StartBoth();
        _time.Advance(TimeSpan.FromSeconds(5));
        Succeed(late == IpFamily.IPv4 ? IpFamily.IPv6 : IpFamily.IPv4);
        _health.Requested(late);
        _time.Advance(TimeSpan.FromSeconds(25));

        var status = $$$$"""{"IPv4":{"lastUpdated":"2026-11-22T08:57:3{{{{(v4 ? 7 : 2)}}}}.25Z","healthy":{{{{Word(v4)}}}}},"IPv6":{"lastUpdated":"2026-11-22T08:57:3{{{{(v6 ? 7 : 2)}}}}.25Z","healthy":{{{{Word(v6)}}}}}}""";
        Assert.Equal(
            $$"""503 {"lastUpdated":"2026-11-22T08:57:37.25Z","currentTime":"2026-11-22T08:58:02.25Z","nodeEligible":true,"healthy":false,"status":{{status}}}""",
            await AskAsync("/healthz"));
        Assert.Equal(
            $$"""503 {"lastUpdated":"2026-11-22T08:57:37.25Z","currentTime":"2026-11-22T08:58:02.25Z","healthy":false,"status":{{status}}}""",
            await AskAsync("/livez"));
        Assert.False(_health.IsHealthy);
    }

    [Fact]
    public async Task Both_are_healthy_again_when_both_are_updated() // row 221
    {
        StartBoth();
        _health.Requested(IpFamily.IPv4);
        _health.Requested(IpFamily.IPv6);
        _time.Advance(TimeSpan.FromSeconds(25));
        Succeed(IpFamily.IPv4);
        Assert.StartsWith("503 ", await AskAsync("/livez"), StringComparison.Ordinal);

        Succeed(IpFamily.IPv6);

        Assert.StartsWith("200 ", await AskAsync("/livez"), StringComparison.Ordinal);
        Assert.StartsWith("200 ", await AskAsync("/healthz"), StringComparison.Ordinal);
    }

    [Theory] // rows 222 to 224
    [InlineData("'spec':{'unschedulable':true,'taints':[{'key':'node.kubernetes.io/unschedulable','effect':'NoSchedule'}]}", "", 200)]
    [InlineData("'spec':{'taints':null}", ",'deletionTimestamp':null", 200)]
    [InlineData("'spec':{'taints':[{'key':'other','value':'ToBeDeletedByClusterAutoscaler'},{'effect':'NoSchedule'}]}", "", 200)]
    [InlineData("'spec':{'taints':[{'key':'ToBeDeletedByClusterAutoscaler','value':'1700000000','effect':'NoSchedule'}]}", "", 503)]
    [InlineData("'spec':{'taints':[{'key':'a'},{'effect':'NoExecute','key':'ToBeDeletedByClusterAutoscaler'},{'key':'b'}]}", "", 503)]
    [InlineData("'spec':{}", ",'deletionTimestamp':'2026-11-22T08:00:00Z'", 503)]
    public async Task A_node_about_to_go_is_not_eligible_and_the_proxy_still_healthy(string spec, string metadata, int healthz)
    {
        StartBoth();
        var node = Sources.Decoding.Decoding.Sound<NodeObject>(
            Sources.Decoding.Decoding.Decode(ObjectKind.Node, $"{{'metadata':{{'name':'n1'{metadata}}},{spec}}}"));
        _time.Advance(TimeSpan.FromSeconds(1));

        _health.NodeChanged(node.IsEligible);

        Assert.Equal(
            $$$$"""{{{{healthz}}}} {"lastUpdated":"2026-11-22T08:57:{{{{(healthz == 200 ? 33 : 32)}}}}.25Z","currentTime":"2026-11-22T08:57:33.25Z","nodeEligible":{{{{Word(healthz == 200)}}}},"healthy":true,"status":{"IPv4":{"lastUpdated":"{{{{Start}}}}","healthy":true},"IPv6":{"lastUpdated":"{{{{Start}}}}","healthy":true}}}""",
            await AskAsync("/healthz"));
        Assert.StartsWith("200 ", await AskAsync("/livez"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_oldest_change_counts_and_a_failed_sync_does_not_clear_it()
    {
        StartBoth();
        _health.Requested(IpFamily.IPv4);
        _time.Advance(TimeSpan.FromSeconds(9.9));
        _health.Requested(IpFamily.IPv4);
        ((ISyncObserver)_health).Failed(IpFamily.IPv4, isFull: true, TimeSpan.Zero);
        Assert.StartsWith("200 ", await AskAsync("/livez"), StringComparison.Ordinal);

        _time.Advance(TimeSpan.FromSeconds(0.1));

        Assert.StartsWith("503 ", await AskAsync("/livez"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_family_that_was_not_started_is_not_listed_and_not_waited_for()
    {
        _health.Requested(IpFamily.IPv6);
        _health.Started(IpFamily.IPv4);
        _time.Advance(TimeSpan.FromHours(1));

        var answer = await AskAsync("/livez");

        Assert.StartsWith("200 ", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("IPv6", answer, StringComparison.Ordinal);
        Assert.True(_health.IsHealthy);
    }

    [Theory]
    [InlineData("2026-11-22T08:57:32Z", 0, "2026-11-22T08:57:32Z")]
    [InlineData("2026-11-22T08:57:32.1234567Z", 0, "2026-11-22T08:57:32.1234567Z")]
    [InlineData("2026-11-22T08:57:32.1000000Z", 90, "2026-11-22T10:27:32.1+01:30")]
    [InlineData("2026-11-22T08:57:32Z", -300, "2026-11-22T03:57:32-05:00")]
    public async Task Times_are_written_as_Go_writes_them(string utc, int offsetMinutes, string written)
    {
        var zone = TimeZoneInfo.CreateCustomTimeZone("test", TimeSpan.FromMinutes(offsetMinutes), "test", "test");
        var time = new FakeTimeProvider(DateTimeOffset.Parse(utc, null));
        time.SetLocalTimeZone(zone);
        var pages = new HealthPages(new ProxyHealth(TimeSpan.FromSeconds(10), time), time, static (_, _) => { });

        Assert.Equal($$"""200 {"lastUpdated":"{{written}}","currentTime":"{{written}}","healthy":true}""", await AskAsync("/livez", pages: pages));
    }

    [Fact]
    public async Task Ready_means_every_family_was_synced_and_then_verified()
    {
        Assert.Equal($$"""503 {"currentTime":"{{Start}}","ready":false,"missing":"the state of the cluster"}""", await AskAsync("/readyz"));

        StartBoth();
        _health.Verified(IpFamily.IPv4, 0);
        Succeed(IpFamily.IPv6);
        Assert.Equal(
            $$$$"""503 {"currentTime":"{{{{Start}}}}","ready":false,"status":{"IPv4":{"ready":false,"missing":"a sync that succeeds"},"IPv6":{"ready":false,"missing":"a look whether the kernel has what was written"}}}""",
            await AskAsync("/readyz"));

        Succeed(IpFamily.IPv4);
        _health.Verified(IpFamily.IPv6, 0);
        Assert.StartsWith("503 ", await AskAsync("/readyz"), StringComparison.Ordinal);

        _health.Verified(IpFamily.IPv4, 0);
        Assert.Equal(
            $$$$"""200 {"currentTime":"{{{{Start}}}}","ready":true,"status":{"IPv4":{"ready":true},"IPv6":{"ready":true}}}""", await AskAsync("/readyz"));
    }

    [Fact]
    public async Task Every_answer_is_told_but_not_what_is_not_found()
    {
        await AskAsync("/healthz");
        await AskAsync("/livez");
        await AskAsync("/readyz");
        await AskAsync("/metrics");

        Assert.Equal(["healthz 503", "livez 200", "readyz 503"], _answered);
    }

    [Theory]
    [InlineData("/livez", "GET", 200, "application/json")]
    [InlineData("/livez?verbose", "POST", 200, "application/json")]
    [InlineData("/healthz", "DELETE", 200, "application/json")]
    [InlineData("/livez", "HEAD", 200, "application/json")]
    [InlineData("/", "GET", 404, "text/plain; charset=utf-8")]
    [InlineData("/livez/", "GET", 404, "text/plain; charset=utf-8")]
    [InlineData("/Livez", "GET", 404, "text/plain; charset=utf-8")]
    [InlineData("/healthz/ping", "PUT", 404, "text/plain; charset=utf-8")]
    [InlineData("/readyz/", "HEAD", 404, "text/plain; charset=utf-8")]
    public async Task Over_the_wire_the_method_does_not_matter_and_the_path_does(string path, string method, int code, string type)
    {
        _health.NodeChanged(true);
        var ct = TestContext.Current.CancellationToken;
        await using var server = await HttpServer.StartAsync(new IPEndPoint(IPAddress.Loopback, 0), _pages.HandleAsync, NullLoggerFactory.Instance, ct);

        var answer = await HttpExchange.GetAsync(server.Address, ct, path, method);

        Assert.Equal((code, type, "nosniff"), (answer.Code, answer["Content-Type"], answer["X-Content-Type-Options"]));
        if (method == "HEAD") Assert.Empty(answer.Body);
        else Assert.Equal(code == 404, answer.Body == "404 page not found\n");
        if (code == 404) Assert.Equal("19", answer["Content-Length"]);
        Assert.All(answer.Headers, static line => Assert.Matches("^(Content-Length|Content-Type|Date|X-Content-Type-Options): ", line));
    }

    private static string Word(bool value) => value ? "true" : "false";

    private void StartBoth()
    {
        _health.NodeChanged(true);
        _health.Started(IpFamily.IPv4);
        _health.Started(IpFamily.IPv6);
    }

    private void Succeed(IpFamily family) => _health.Succeeded(new SyncReport
    {
        Desired = new DesiredState { Family = family, Version = 1, Node = new NodeInfo { Name = "n1" } },
        Result = new ApplyResult([], 0),
        Elapsed = TimeSpan.Zero,
    });

    /// <summary>The status code, a blank, and the body.</summary>
    private async Task<string> AskAsync(string path, HealthPages? pages = null)
    {
        var body = new MemoryStream();
        var context = new DefaultHttpContext { Request = { Path = path }, Response = { Body = body } };
        await (pages ?? _pages).HandleAsync(context);
        return $"{context.Response.StatusCode} {Encoding.UTF8.GetString(body.ToArray())}";
    }
}
