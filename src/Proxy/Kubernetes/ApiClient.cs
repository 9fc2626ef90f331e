using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using Shunt.Proxy.Sources.Decoding;

namespace Shunt.Proxy.Kubernetes;

/// <summary>Sends requests to an API server: authenticated, over connections whose death is noticed.</summary>
internal sealed class ApiClient : IDisposable
{
    private const int MaxErrorBody = 64 * 1024;

    private readonly ApiServerOptions _options;
    private readonly TimeProvider _time;
    private readonly HttpClient _http;

    /// <summary>Creates the client; nothing is sent yet.</summary>
    public ApiClient(ApiServerOptions options, TimeProvider time)
    {
        _options = options;
        _time = time;
        _http = new HttpClient(ApiConnections.CreateHandler(options))
        {
            BaseAddress = options.Server,
            Timeout = Timeout.InfiniteTimeSpan,
            DefaultRequestVersion = HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        };
        _http.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        var version = typeof(ApiClient).Assembly.GetName().Version?.ToString(3) ?? "0";
        _http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("shunt", version));
    }

    /// <summary>Sends a GET and returns the answer once its headers are there; the caller reads and disposes it.</summary>
    /// <param name="path">Relative to the server's URL, with the query.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="ApiException">The server said no. (A 401 has been retried with a fresh credential.)</exception>
    /// <exception cref="HttpRequestException">The server cannot be reached.</exception>
    /// <exception cref="IOException">The credential cannot be had, or the server did not answer in time.</exception>
    public async Task<HttpResponseMessage> GetAsync(string path, CancellationToken ct)
    {
        var response = await SendAsync(path, ct);
        if (response.StatusCode == HttpStatusCode.Unauthorized)
        {
            response.Dispose();
            _options.Credential.Refused();
            response = await SendAsync(path, ct);
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
    public void Dispose() => _http.Dispose();

    private static byte[] Grow(byte[] buffer)
    {
        var larger = ArrayPool<byte>.Shared.Rent(checked(buffer.Length * 2));
        buffer.CopyTo(larger.AsSpan());
        ArrayPool<byte>.Shared.Return(buffer);
        return larger;
    }

    private async Task<HttpResponseMessage> SendAsync(string path, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path)
        {
            Version = _http.DefaultRequestVersion,
            VersionPolicy = _http.DefaultVersionPolicy,
        };

        // SocketsHttpHandler takes the name for SNI and for checking the certificate from here and nowhere else.
        if (_options.TlsServerName.Length > 0) request.Headers.Host = _options.TlsServerName;
        request.Headers.Authorization = await _options.Credential.GetHeaderAsync(ct);
        return await WithinAsync(t => _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, t), "began no answer", ct);
    }

    private Task<int> ReadSomeAsync(Stream body, Memory<byte> buffer, CancellationToken ct) =>
        WithinAsync(t => body.ReadAsync(buffer, t).AsTask(), "stopped sending", ct);

    private async Task<T> WithinAsync<T>(Func<CancellationToken, Task<T>> act, string complaint, CancellationToken ct)
    {
        using var limit = new CancellationTokenSource(_options.RequestTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
        try
        {
            return await act(either.Token);
        }
        catch (OperationCanceledException e) when (limit.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            throw new IOException($"the server {complaint} for {_options.RequestTimeout.TotalSeconds} s", e);
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
}
