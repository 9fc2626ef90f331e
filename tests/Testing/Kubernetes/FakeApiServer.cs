using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Shunt.Testing.Kubernetes;

/// <summary>
/// An API server for tests: real HTTP on a loopback port, bodies in the shape of the real one, and faults on demand. Lists with pages,
/// watches with bookmarks, watch-list streaming, selectors, compaction.
/// </summary>
public sealed partial class FakeApiServer : IAsyncDisposable
{
    public const string Services = "/api/v1/services";
    public const string EndpointSlices = "/apis/discovery.k8s.io/v1/endpointslices";
    public const string ServiceCidrs = "/apis/networking.k8s.io/v1/servicecidrs";
    public const string Nodes = "/api/v1/nodes";

    private readonly FakeApiStore _store = new();
    private readonly ConcurrentQueue<FakeRequest> _requests = new();
    private readonly List<(Func<FakeRequest, bool> When, Func<HttpContext, Task> Answer)> _faults = [];
    private readonly List<byte[]> _raw = [];
    private readonly WebApplication _app;
    private readonly CancellationTokenSource _stopping = new();

    private FakeApiServer(WebApplication app)
    {
        _app = app;
    }

    /// <summary>The server's URL.</summary>
    public Uri Url { get; private set; } = new("http://invalid/");

    /// <summary>The only token that is let in; null for everybody.</summary>
    public string? RequiredToken { get; set; }

    /// <summary>Whether watches may begin with the whole list; otherwise such a request is invalid.</summary>
    public bool SupportsWatchList { get; set; } = true;

    /// <summary>Whether a watch from a forgotten version is answered by a status instead of an event.</summary>
    public bool ExpiresByStatus { get; set; }

    /// <summary>All requests so far.</summary>
    public IReadOnlyList<FakeRequest> Requests => [.. _requests];

    /// <summary>Starts a server.</summary>
    /// <param name="certificate">For HTTPS with HTTP/2; null for plain HTTP.</param>
    /// <param name="clientCertificates">Ask for client certificates; which one came is in the requests.</param>
    public static async Task<FakeApiServer> StartAsync(X509Certificate2? certificate = null, bool clientCertificates = false)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            listen.Protocols = certificate is null ? HttpProtocols.Http1 : HttpProtocols.Http1AndHttp2;
            if (certificate is null) return;
            listen.UseHttps(certificate, https =>
            {
                if (!clientCertificates) return;
                https.ClientCertificateMode = Microsoft.AspNetCore.Server.Kestrel.Https.ClientCertificateMode.RequireCertificate;
                https.AllowAnyClientCertificate();
            });
        }));
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.Services.Configure<HostOptions>(static o => o.ShutdownTimeout = TimeSpan.FromSeconds(1));
        var server = new FakeApiServer(builder.Build());
        server._app.Run(server.HandleAsync);
        await server._app.StartAsync();
        server.Url = new Uri(server._app.Urls.First());
        return server;
    }

    /// <summary>Creates or updates an object, given as JSON; the server sets its resourceVersion.</summary>
    public void Put(string resource, string json) => _store.Put(resource, (JsonObject)JsonNode.Parse(json)!);

    /// <summary>Deletes an object, given as namespace/name (cluster-scoped: /name).</summary>
    public void Delete(string resource, string key) => _store.Delete(resource, key);

    /// <summary>Forgets all history.</summary>
    public void Compact() => _store.Compact();

    /// <summary>The newest resourceVersion.</summary>
    public long Version => _store.Version;

    /// <summary>Answers the next matching request in another way; once.</summary>
    public void Fail(Func<FakeRequest, bool> when, Func<HttpContext, Task> answer)
    {
        lock (_faults) _faults.Add((when, answer));
    }

    /// <summary>Writes bytes into all watches that are open or will be.</summary>
    public void SendRaw(ReadOnlySpan<byte> bytes)
    {
        lock (_raw) _raw.Add(bytes.ToArray());
        _store.Notify();
    }

    /// <inheritdoc cref="SendRaw(ReadOnlySpan{byte})"/>
    public void SendRaw(string text) => SendRaw(Encoding.UTF8.GetBytes(text));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _app.StopAsync();
        await _app.DisposeAsync();
        _stopping.Dispose();
    }

    private async Task HandleAsync(HttpContext context)
    {
        var request = await FakeRequest.OfAsync(context);
        _requests.Enqueue(request);
        if (RequiredToken is { } token && request.Authorization != $"Bearer {token}")
            await FakeFaults.Status(401, "Unauthorized", "Unauthorized")(context);
        else if (TakeFault(request) is { } answer) await answer(context);
        else if (request.Method != "GET") await WriteEventAsync(context, request);
        else if (request.IsWatch) await WatchAsync(context, request);
        else await ListAsync(context, request);
    }

    private Func<HttpContext, Task>? TakeFault(FakeRequest request)
    {
        lock (_faults)
        {
            var index = _faults.FindIndex(f => f.When(request));
            if (index < 0) return null;
            var answer = _faults[index].Answer;
            _faults.RemoveAt(index);
            return answer;
        }
    }
}
