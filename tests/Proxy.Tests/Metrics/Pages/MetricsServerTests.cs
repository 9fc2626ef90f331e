using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Shunt.Proxy.Http;
using Shunt.Proxy.Metrics.Pages;
using Shunt.Proxy.Options;

namespace Shunt.Proxy.Tests.Metrics.Pages;

/// <summary>The pages, over HTTP.</summary>
public sealed class MetricsServerTests : IAsyncLifetime
{
    private readonly MetricsFixture _fixture = new();
    private readonly HttpClient _client = new(new SocketsHttpHandler { AllowAutoRedirect = false });
    private readonly List<int> _verbosities = [];
    private HttpServer? _server;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _server = await StartAsync(Options);

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _server!.DisposeAsync(); // made before every test
    }

    [Theory]
    [InlineData("")]
    [InlineData("text/plain")]
    [InlineData("text/plain;version=0.0.4;q=0.5,*/*;q=0.1")]
    [InlineData("application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited,text/plain;q=0.5")]
    [InlineData("application/openmetrics-text;version=9.9")]
    [InlineData("application/openmetrics-text;q=0")]
    [InlineData("application/openmetrics-text;version=1.0.0;q=0.2,text/plain;version=0.0.4;q=0.3")]
    [InlineData("no media type at all;;;")]
    public async Task The_text_format_is_given_to_who_wants_it_and_to_who_wants_nothing_we_have(string accept)
    {
        var (answer, body) = await SendAsync("/metrics", accept);

        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", Header(answer, "Content-Type"));
        Assert.Contains("\nprocess_start_time_seconds ", body, StringComparison.Ordinal);
        Assert.DoesNotContain("# EOF", body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1", "1.0.0")]
    [InlineData("text/plain;q=0.3,application/openmetrics-text;q=0.4", "1.0.0")]
    [InlineData("application/openmetrics-text; version=\"1.0.0\"; charset=utf-8", "1.0.0")]
    [InlineData("application/openmetrics-text;version=0.0.1", "0.0.1")]
    public async Task OpenMetrics_is_given_to_who_prefers_it(string accept, string version)
    {
        var (answer, body) = await SendAsync("/metrics", accept);

        Assert.Equal($"application/openmetrics-text; version={version}; charset=utf-8", Header(answer, "Content-Type"));
        Assert.EndsWith("\n# EOF\n", body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("gzip", true)]
    [InlineData("deflate, gzip;q=0.5", true)]
    [InlineData("gzip;q=0", false)]
    [InlineData("br", false)]
    public async Task The_page_is_compressed_when_that_is_accepted(string encoding, bool compressed)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Url("/metrics"));
        request.Headers.TryAddWithoutValidation("Accept-Encoding", encoding);
        using var answer = await _client.SendAsync(request, Ct);
        await using var raw = await answer.Content.ReadAsStreamAsync(Ct);
        await using var body = compressed ? new GZipStream(raw, CompressionMode.Decompress) : raw;

        Assert.Equal(compressed ? ["gzip"] : [], answer.Content.Headers.ContentEncoding);
        Assert.Contains("\nprocess_start_time_seconds ", await new StreamReader(body).ReadToEndAsync(Ct), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_mode_is_said_as_kube_proxy_says_it()
    {
        var (answer, body) = await SendAsync("/proxyMode");

        Assert.Equal("iptables", body);
        Assert.Equal("text/plain; charset=utf-8", Header(answer, "Content-Type"));
        Assert.Equal("nosniff", Header(answer, "X-Content-Type-Options"));
        Assert.Equal("8", Header(answer, "Content-Length"));
    }

    [Theory]
    [InlineData("/healthz", "ok")]
    [InlineData("/healthz/ping", "ok")]
    [InlineData("/healthz?verbose", "[+]ping ok\nhealthz check passed\n")]
    [InlineData("/healthz?verbose&exclude=ping", "[+]ping excluded: ok\nhealthz check passed\n")]
    [InlineData("/healthz?verbose=1&exclude=other", "[+]ping ok\nwarn: some health checks cannot be excluded: no matches for \"other\"\nhealthz check passed\n")]
    public async Task The_server_says_that_it_answers(string path, string expected) => Assert.Equal(expected, (await SendAsync(path)).Body);

    [Fact]
    public async Task Health_checks_are_counted_and_can_be_reset()
    {
        await SendAsync("/healthz");
        await SendAsync("/healthz");
        var before = ExposedPage.Parse((await SendAsync("/metrics/slis")).Body);
        var reset = await SendAsync("/metrics/slis", method: HttpMethod.Delete);
        var after = await SendAsync("/metrics/slis");

        Assert.Equal(1, before["kubernetes_healthcheck{name=\"ping\",type=\"healthz\"}"]);
        Assert.Equal(2, before["kubernetes_healthchecks_total{name=\"ping\",status=\"success\",type=\"healthz\"}"]);
        Assert.Equal("[STABLE] This metric records the results of all healthcheck.", before.Help["kubernetes_healthchecks_total"]);
        Assert.Equal("metrics reset\n", reset.Body);
        Assert.Equal("", after.Body);
    }

    [Fact]
    public async Task The_configuration_is_shown()
    {
        var (answer, body) = await SendAsync("/configz");

        Assert.Equal("""{"kubeproxy.config.k8s.io":{"mode":"iptables"}}""", body);
        Assert.Equal("application/json", Header(answer, "Content-Type"));
        Assert.Equal("nosniff", Header(answer, "X-Content-Type-Options"));
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/metrics/")]
    [InlineData("/Metrics")]
    [InlineData("/healthz/other")]
    [InlineData("/livez")]
    [InlineData("/debug/pprof/")]
    [InlineData("/debug/flags/v")]
    public async Task There_is_nothing_else(string path)
    {
        var (answer, body) = await SendAsync(path);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Equal("404 page not found\n", body);
    }

    [Fact]
    public async Task A_method_is_not_looked_at_where_none_has_a_meaning() =>
        Assert.Equal("iptables", (await SendAsync("/proxyMode", method: HttpMethod.Post)).Body);

    [Theory]
    [InlineData("")]
    [InlineData("*/*")]
    [InlineData("text/plain")]
    [InlineData("application/json;v=foo;g=config.k8s.io;as=Flagz,*/*")]
    public async Task Flags_are_shown_as_text(string accept)
    {
        var (answer, body) = await SendAsync("/flagz", accept);

        Assert.Equal("text/plain; charset=utf-8", Header(answer, "Content-Type"));
        Assert.Equal(
            "\nkube-proxy flagz\nWarning: This endpoint is not meant to be machine parseable, has no formatting compatibility guarantees and is for "
            + "debugging purposes only.\ncluster-cidr=10.0.0.0/8\nv=2\n",
            body);
    }

    [Theory]
    [InlineData("application/json;v=v1beta1;g=config.k8s.io;as=Flagz", "application/json", "v1beta1", false)]
    [InlineData("application/yaml;v=v1beta1;g=config.k8s.io;as=Flagz", "application/yaml", "v1beta1", false)]
    [InlineData("application/json;g=config.k8s.io;v=v1alpha1;as=Flagz,application/json;g=config.k8s.io;v=v1beta1;as=Flagz", "application/json", "v1alpha1", true)]
    [InlineData("application/json;g=config.k8s.io;v=v1beta1;as=Flagz,application/json;g=config.k8s.io;v=v1alpha1;as=Flagz", "application/json", "v1beta1", false)]
    public async Task Flags_are_shown_as_a_structure(string accept, string type, string version, bool deprecated)
    {
        var (answer, body) = await SendAsync("/flagz", accept);

        Assert.Equal(type, Header(answer, "Content-Type"));
        Assert.Equal(deprecated, answer.Headers.Contains("Warning"));
        Assert.Equal(
            $$$"""{"kind":"Flagz","apiVersion":"config.k8s.io/{{{version}}}","metadata":{"name":"kube-proxy"},"flags":{"cluster-cidr":"10.0.0.0/8","v":"2"}}""" + "\n",
            body);
    }

    [Theory]
    [InlineData("/flagz", "application/xml")]
    [InlineData("/flagz", "application/json")]
    [InlineData("/flagz", "application/json;v=v1beta1;g=config.k8s.io")]
    [InlineData("/flagz", "application/json;v=v1beta1;g=config.k8s.io;as=Statusz")]
    [InlineData("/statusz", "application/cbor;v=v1beta1;g=config.k8s.io;as=Statusz")]
    public async Task What_we_do_not_have_is_refused_with_a_status(string path, string accept)
    {
        var (answer, body) = await SendAsync(path, accept);

        using var status = JsonDocument.Parse(body);
        Assert.Equal(HttpStatusCode.NotAcceptable, answer.StatusCode);
        Assert.Equal("NotAcceptable", status.RootElement.GetProperty("reason").GetString());
    }

    [Fact]
    public async Task The_status_is_shown_as_text()
    {
        _fixture.Time.Advance(new TimeSpan(1, 1, 2, 5));

        var (_, body) = await SendAsync("/statusz");

        Assert.StartsWith(
            "\nkube-proxy statusz\nWarning: This endpoint is not meant to be machine parseable, has no formatting compatibility guarantees and is for "
            + "debugging purposes only.\n\nStarted: Tue Nov 24 08:00:00 UTC 2026\nUp: 25 hr 02 min 05 sec\nGo version: .NET 10.",
            body,
            StringComparison.Ordinal);
        Assert.EndsWith(
            "\nBinary version: 0.1.0\nEmulation version: 1.36\nPaths: /configz /flagz /healthz /metrics /proxyMode\n", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_status_is_shown_as_a_structure()
    {
        _fixture.Time.Advance(TimeSpan.FromSeconds(90.5));

        using var status = JsonDocument.Parse((await SendAsync("/statusz", "application/json;v=v1beta1;g=config.k8s.io;as=Statusz")).Body);

        var root = status.RootElement;
        Assert.Equal("config.k8s.io/v1beta1", root.GetProperty("apiVersion").GetString());
        Assert.Equal("2026-11-24T08:00:00Z", root.GetProperty("startTime").GetString());
        Assert.Equal(90, root.GetProperty("uptimeSeconds").GetInt64());
        Assert.Equal("0.1.0", root.GetProperty("binaryVersion").GetString());
        Assert.Equal(["/configz", "/flagz", "/healthz", "/metrics", "/proxyMode"], root.GetProperty("paths").EnumerateArray().Select(static p => p.GetString()));
    }

    [Fact]
    public async Task Pages_that_are_switched_off_are_not_there()
    {
        await using var server = await StartAsync(Options with { Flags = null, Statusz = false });

        Assert.Equal(HttpStatusCode.NotFound, (await _client.GetAsync($"http://{server.Address}/flagz", Ct)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await _client.GetAsync($"http://{server.Address}/statusz", Ct)).StatusCode);
    }

    [Fact]
    public async Task The_verbosity_can_be_set_while_profiling_is_on()
    {
        await using var server = await StartAsync(Options with { EnableProfiling = true });
        var url = $"http://{server.Address}/debug/flags/v";

        var good = await _client.PutAsync(url, new StringContent("4"), Ct);
        var bad = await _client.PutAsync(url, new StringContent("loud"), Ct);
        var huge = await _client.PutAsync(url, new StringContent(new string('9', 100_000)), Ct);
        var get = await _client.GetAsync(url, Ct);

        Assert.Equal("successfully set klog.logging.verbosity to 4\n", await good.Content.ReadAsStringAsync(Ct));
        Assert.Equal(HttpStatusCode.BadRequest, bad.StatusCode);
        Assert.Equal("error setting value: failed set klog.logging.verbosity loud: not a verbosity\n", await bad.Content.ReadAsStringAsync(Ct));
        Assert.Equal(HttpStatusCode.BadRequest, huge.StatusCode);
        Assert.Equal(HttpStatusCode.NotAcceptable, get.StatusCode);
        Assert.Equal([4], _verbosities);
    }

    [Theory]
    [InlineData("/debug/pprof/", HttpStatusCode.OK, "dotnet-trace")]
    [InlineData("/debug/pprof/profile", HttpStatusCode.NotFound, "no profiles in Go's pprof format")]
    [InlineData("/debug/pprof/heap", HttpStatusCode.OK, "bytes on the heap now: ")]
    [InlineData("/debug/pprof", HttpStatusCode.MovedPermanently, "")]
    [InlineData("/debug/other", HttpStatusCode.NotFound, "404 page not found")]
    public async Task Profiling_pages_say_what_there_is(string path, HttpStatusCode status, string text)
    {
        await using var server = await StartAsync(Options with { EnableProfiling = true });

        var answer = await _client.GetAsync($"http://{server.Address}{path}", Ct);

        Assert.Equal(status, answer.StatusCode);
        Assert.Contains(text, await answer.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
    }

    private MetricsServerOptions Options => new()
    {
        Registry = _fixture.Metrics.Registry,
        Mode = "iptables",
        Version = "0.1.0",
        Configuration = static () => Encoding.UTF8.GetBytes("""{"kubeproxy.config.k8s.io":{"mode":"iptables"}}"""),
        Flags = [new FlagValue("v", "2"), new FlagValue("cluster-cidr", "10.0.0.0/8")],
        SetVerbosity = _verbosities.Add,
        Time = _fixture.Time,
    };

    private static Task<HttpServer> StartAsync(MetricsServerOptions options) =>
        HttpServer.StartAsync(new IPEndPoint(IPAddress.Loopback, 0), new MetricsServer(options).HandleAsync, NullLoggerFactory.Instance, Ct);

    private string Url(string path) => $"http://{_server!.Address}{path}";

    private async Task<(HttpResponseMessage Answer, string Body)> SendAsync(string path, string accept = "", HttpMethod? method = null)
    {
        using var request = new HttpRequestMessage(method ?? HttpMethod.Get, Url(path));
        if (accept.Length > 0) request.Headers.TryAddWithoutValidation("Accept", accept);
        var answer = await _client.SendAsync(request, Ct);
        return (answer, await answer.Content.ReadAsStringAsync(Ct));
    }

    private static string? Header(HttpResponseMessage answer, string name) =>
        answer.Headers.NonValidated.TryGetValues(name, out var values) || answer.Content.Headers.NonValidated.TryGetValues(name, out values)
            ? values.ToString()
            : null;
}
