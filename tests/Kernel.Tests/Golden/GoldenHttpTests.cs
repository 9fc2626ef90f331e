using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Shunt.Testing;
using Shunt.Testing.Agent;
using Shunt.Testing.Network;

namespace Shunt.Kernel.Tests.Golden;

/// <summary>The running agent's pages, beside those recorded of kube-proxy for the same cluster and configuration.</summary>
[Trait("needs", "root")]
public sealed partial class GoldenHttpTests
{
    // What depends on how often was asked, on the clock, or on how the two programs divide their work.
    private static readonly string[] ValuesThatDiffer = ["_seconds", "_bucket", "_sum", "_count", "_changes_total", "deleted_entries"];

    [Fact]
    public async Task Every_recorded_answer_is_given_again()
    {
        Root.SkipUnlessAvailable("iptables");
        var recorded = RecordedAnswer.Read(Repository.GoldenOrSkip("http/iptables-legacy.http"));
        var ct = TestContext.Current.CancellationToken;
        await using var at = await ScratchNamespace.CreateAsync("http", ct);
        await using var agent = await StartAsync(at, ct);
        using var http = NamespaceHttp.Client(at.Net);

        foreach (var expected in recorded)
        {
            var answer = await http.GetAsync(UrlOf(expected), ct);
            var body = await answer.Content.ReadAsStringAsync(ct);
            var got = new RecordedAnswer(expected.Name, expected.Url, (int)answer.StatusCode, HeadersOf(answer), body);
            AssertSame(expected, got);
        }
    }

    [Fact]
    public async Task Every_recorded_metric_of_the_proxy_is_served_with_the_same_text_and_where_it_can_be_the_same_value()
    {
        Root.SkipUnlessAvailable("iptables");
        var recorded = Proxy(await File.ReadAllTextAsync(Repository.GoldenOrSkip("http/iptables-legacy.metrics"), TestContext.Current.CancellationToken));
        var ct = TestContext.Current.CancellationToken;
        await using var at = await ScratchNamespace.CreateAsync("http", ct);
        await using var agent = await StartAsync(at, ct);
        using var http = NamespaceHttp.Client(at.Net);

        var ours = Proxy(await http.GetStringAsync("http://127.0.0.1:10249/metrics", ct));

        Assert.Empty(recorded.Keys.Except(ours.Keys));
        var differing = recorded.Where(pair => !ValuesThatDiffer.Any(part => pair.Key.Contains(part, StringComparison.Ordinal)) && ours[pair.Key] != pair.Value);
        Assert.Empty(differing.Select(pair => $"{pair.Key}: {pair.Value}, but ours is {ours[pair.Key]}"));
    }

    private static async Task<RunningAgent> StartAsync(ScratchNamespace at, CancellationToken ct)
    {
        var agent = ShuntAgent.Start(at,
        [
            "run", "--config", Repository.GoldenOrSkip("kube-proxy-config.yaml"), "--from", Repository.GoldenOrSkip("cluster.json"),
            "--shunt-iptables-variant", "legacy", "-v", "2",
        ]);
        await agent.WaitForAsync("\"SyncProxyRules complete\" ipFamily=\"IPv6\"", ct);
        using var http = NamespaceHttp.Client(at.Net);
        while ((await http.GetAsync("http://127.0.0.1:10256/readyz", ct)).StatusCode != HttpStatusCode.OK) await Task.Delay(50, ct);
        foreach (var check in RecordedAnswer.Read(Repository.GoldenOrSkip("http/iptables-legacy.http")).Where(static answer => answer.Url.Length > 0))
        {
            await ListeningAsync(http, UrlOf(check), ct);
        }

        return agent;
    }

    /// <summary>Health checks are opened in the background.</summary>
    private static async Task ListeningAsync(HttpClient http, string url, CancellationToken ct)
    {
        while (true)
        {
            try
            {
                await http.GetAsync(url, ct);
                return;
            }
            catch (HttpRequestException)
            {
                await Task.Delay(50, ct);
            }
        }
    }

    private static string UrlOf(RecordedAnswer recorded) => recorded.Name switch
    {
        "healthz" or "livez" => $"http://127.0.0.1:10256/{recorded.Name}",
        "proxyMode" => "http://127.0.0.1:10249/proxyMode",
        _ => $"http://127.0.0.1:{new Uri(recorded.Url).Port}/",
    };

    private static IReadOnlyList<string> HeadersOf(HttpResponseMessage answer) =>
    [
        .. answer.Headers.Concat(answer.Content.Headers).Where(static header => header.Key != "Date")
            .Select(static header => $"{header.Key}: {string.Join(", ", header.Value)}").Order(StringComparer.Ordinal),
    ];

    /// <summary>The times in a body are not the same, and so may not be its length: 100 ns are our finest, 1 ns is kube-proxy's.</summary>
    private static void AssertSame(RecordedAnswer expected, RecordedAnswer got)
    {
        Assert.Equal((expected.Name, expected.Status, WithoutTimes(expected.Body)), (got.Name, got.Status, WithoutTimes(got.Body)));
        var hasTimes = WithoutTimes(expected.Body) != expected.Body;
        Assert.Equal(Comparable(expected), Comparable(got));

        IEnumerable<string> Comparable(RecordedAnswer answer) =>
            answer.Headers.Where(header => !hasTimes || !header.StartsWith("Content-Length", StringComparison.Ordinal));
    }

    private static string WithoutTimes(string body) => Time().Replace(body, "TIME");

    /// <summary>The proxy's own lines: what is before the last space, and the value; help and type lines whole.</summary>
    private static Dictionary<string, string> Proxy(string page)
    {
        var lines = page.Split('\n').Where(static line => line.StartsWith("kubeproxy_", StringComparison.Ordinal)
            || line.StartsWith("# HELP kubeproxy_", StringComparison.Ordinal) || line.StartsWith("# TYPE kubeproxy_", StringComparison.Ordinal));
        return lines.ToDictionary(
            static line => line.StartsWith('#') ? line : line[..line.LastIndexOf(' ')],
            static line => line.StartsWith('#') ? "" : double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture));
    }

    [GeneratedRegex("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+(Z|[+-][0-9]{2}:[0-9]{2})")]
    private static partial Regex Time();
}
