using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using Microsoft.Extensions.Logging;
using Shunt.Proxy.Sources.Decoding;

namespace Shunt.Proxy.Kubernetes;

/// <summary>Sends requests to an API server: authenticated, over connections whose death is noticed.</summary>
internal sealed class ApiClient : IDisposable
{
    private const int MaxErrorBody = 64 * 1024;

    private static readonly TimeSpan CertificateInterval = TimeSpan.FromMinutes(1);

    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Lock _lock = new();
    private readonly List<HttpClient> _all = []; // under the lock; an old one may still have a watch
    private volatile Connections _current;
    private long _looked;

    /// <summary>Creates the client; nothing is sent yet.</summary>
    public ApiClient(ApiServerOptions options, TimeProvider time, ILogger logger)
    {
        _time = time;
        _logger = logger;
        _current = Connect(options);
        _looked = time.GetTimestamp();
    }

    /// <summary>Sends a GET and returns the answer once its headers are there; the caller reads and disposes it.</summary>
    /// <param name="path">Relative to the server's URL, with the query.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="ApiException">The server said no. (A 401 has been retried with a fresh credential.)</exception>
    /// <exception cref="HttpRequestException">The server cannot be reached.</exception>
    /// <exception cref="IOException">The credential cannot be had, or the server did not answer in time.</exception>
    public Task<HttpResponseMessage> GetAsync(string path, CancellationToken ct) => SendAsync(ApiRequest.Get(path), ct);

    /// <summary>Sends a request and returns the answer once its headers are there; the caller reads and disposes it.</summary>
    /// <inheritdoc cref="GetAsync(string, CancellationToken)" path="/exception"/>
    public async Task<HttpResponseMessage> SendAsync(ApiRequest request, CancellationToken ct)
    {
        RenewCertificates();
        var (options, http) = _current;
        var response = await SendOnceAsync(options, http, request, ct);
        if (response.StatusCode == HttpStatusCode.Unauthorized)
        {
            response.Dispose();
            options.Credential.Refused();
            response = await SendOnceAsync(options, http, request, ct);
        }

        if (response.IsSuccessStatusCode) return response;
        using (response) throw await ToExceptionAsync(response, ct);
    }

    /// <summary>Sends a GET and hands over the whole body.</summary>
    /// <param name="path">Relative to the server's URL, with the query.</param>
    /// <param name="read">Called once; the memory is not valid afterwards.</param>
    /// <param name="ct">Cancels.</param>
    /// <inheritdoc cref="GetAsync" path="/exception"/>
    public async Task<T> GetAsync<T>(string path, Func<ReadOnlyMemory<byte>, T> read, CancellationToken ct)
    {
        using var response = await GetAsync(path, ct);
        await using var body = await response.Content.ReadAsStreamAsync(ct);
        var buffer = ArrayPool<byte>.Shared.Rent((int)Math.Clamp(response.Content.Headers.ContentLength ?? 0, 128 * 1024, 64 << 20));
        try
        {
            var length = 0;
            while (await ReadSomeAsync(body, buffer.AsMemory(length), ct) is var some and > 0)
            {
                length += some;
                if (length == buffer.Length) buffer = Grow(buffer);
            }

            return read(buffer.AsMemory(0, length));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            foreach (var http in _all) http.Dispose();
        }
    }

    private Connections Connect(ApiServerOptions options)
    {
        var http = new HttpClient(ApiConnections.CreateHandler(options))
        {
            BaseAddress = options.Server,
            Timeout = Timeout.InfiniteTimeSpan,
            DefaultRequestVersion = HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        };
        http.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        var version = typeof(ApiClient).Assembly.GetName().Version?.ToString(3) ?? "0";
        http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("shunt", version));
        _all.Add(http);
        return new Connections(options, http);
    }

    /// <summary>
    /// Looks from time to time whether somebody renewed the certificates: then requests go over new connections, which have them. Requests that
    /// are under way stay where they are.
    /// </summary>
    private void RenewCertificates()
    {
        lock (_lock)
        {
            var options = _current.Options;
            if (options.Files is null || _time.GetElapsedTime(_looked) < CertificateInterval) return;
            _looked = _time.GetTimestamp();
            try
            {
                if (options.Files.Renewed() is not { } renewed) return;
                _current = Connect(options with
                {
                    CertificateAuthorities = renewed.CertificateAuthorities,
                    ClientCertificates = renewed.ClientCertificates,
                    Files = renewed.Files,
                });
                Log.CertificatesRenewed(_logger);
            }
            catch (ConfigurationException e)
            {
                Log.CertificatesUnusable(_logger, e.Message); // half written, perhaps
            }
        }
    }

    private static byte[] Grow(byte[] buffer)
    {
        var larger = ArrayPool<byte>.Shared.Rent(checked(buffer.Length * 2));
        buffer.CopyTo(larger.AsSpan());
        ArrayPool<byte>.Shared.Return(buffer);
        return larger;
    }

    private async Task<HttpResponseMessage> SendOnceAsync(ApiServerOptions options, HttpClient http, ApiRequest sent, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(sent.Method, sent.Path)
        {
            Version = http.DefaultRequestVersion,
            VersionPolicy = http.DefaultVersionPolicy,
        };
        if (sent.ContentType.Length > 0)
        {
            request.Content = new ReadOnlyMemoryContent(sent.Body);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue(sent.ContentType);
        }

        // SocketsHttpHandler takes the name for SNI and for checking the certificate from here and nowhere else.
        if (options.TlsServerName.Length > 0) request.Headers.Host = options.TlsServerName;
        request.Headers.Authorization = await options.Credential.GetHeaderAsync(ct);
        var start = _time.GetTimestamp();
        int? code = null;
        try
        {
            var response = await WithinAsync(t => http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, t), "began no answer", ct);
            code = (int)response.StatusCode;
            return response;
        }
        finally
        {
            var elapsed = sent.IsWatch ? null : (TimeSpan?)_time.GetElapsedTime(start);
            options.Requests?.Answered(sent.Method.Method, options.Server.Authority, code, elapsed);
        }
    }

    private Task<int> ReadSomeAsync(Stream body, Memory<byte> buffer, CancellationToken ct) =>
        WithinAsync(t => body.ReadAsync(buffer, t).AsTask(), "stopped sending", ct);

    private async Task<T> WithinAsync<T>(Func<CancellationToken, Task<T>> act, string complaint, CancellationToken ct)
    {
        using var limit = new CancellationTokenSource(_current.Options.RequestTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
        try
        {
            return await act(either.Token);
        }
        catch (OperationCanceledException e) when (limit.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            throw new IOException($"the server {complaint} for {_current.Options.RequestTimeout.TotalSeconds} s", e);
        }
    }

    private async Task<ApiException> ToExceptionAsync(HttpResponseMessage response, CancellationToken ct)
    {
        var body = new byte[MaxErrorBody];
        await using var stream = await response.Content.ReadAsStreamAsync(ct);
        var length = 0;
        while (length < body.Length && await ReadSomeAsync(stream, body.AsMemory(length), ct) is var some and > 0) length += some;
        var status = ApiStatus.FromBody(body.AsSpan(0, length));
        return new ApiException(response.StatusCode, status, RetryAfterOf(response, status));
    }

    private TimeSpan RetryAfterOf(HttpResponseMessage response, ApiStatus status)
    {
        var header = response.Headers.RetryAfter;
        if (header?.Delta is { } delta) return delta;
        if (header?.Date is { } date && date > _time.GetUtcNow()) return date - _time.GetUtcNow();
        return TimeSpan.FromSeconds(status.RetryAfterSeconds);
    }

    /// <summary>A way to the server, and what it was made with.</summary>
    private sealed record Connections(ApiServerOptions Options, HttpClient Http);
}
