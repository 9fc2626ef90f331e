using System.Net;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Shunt.Proxy.Kubernetes;

namespace Shunt.Proxy.Events;

/// <summary>
/// Tells the API server of events, in the background, at the pace of kube-proxy's client. Events are worth little effort: what does not fit the
/// queue, and what the server will not have after a few tries, is dropped and counted.
/// </summary>
internal sealed class EventRecorder : IEventRecorder, IDisposable
{
    private const int QueueCapacity = 256;
    private const int MaxTries = 5;
    private const double RequestsPerSecond = 5; // kube-proxy's defaults: clientConnection.qps and burst
    private const int Burst = 10;

    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LastRetry = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan EndPatience = TimeSpan.FromSeconds(2);

    private readonly ApiClient _client;
    private readonly string _host;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly EventCorrelator _events = new();
    private readonly RateLimit _rate;

    // Full means dropped: see Record.
    private readonly Channel<EventEntry> _queue =
        Channel.CreateBounded<EventEntry>(new BoundedChannelOptions(QueueCapacity) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    private long _dropped;
    private bool _isQuiet; // the server's last answer was no, or none, and it has been said

    /// <summary>Nothing is sent before <see cref="RunAsync"/>; what is recorded until then waits.</summary>
    /// <param name="server">The API server.</param>
    /// <param name="host">This machine's host name, for <c>reportingInstance</c>.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Told when the server will not have events; once, not for each.</param>
    public EventRecorder(ApiServerOptions server, string host, TimeProvider time, ILogger logger)
    {
        _client = new ApiClient(server, time, logger);
        _host = host;
        _time = time;
        _logger = logger;
        _rate = new RateLimit(time, RequestsPerSecond, Burst);
    }

    /// <summary>How many events nobody was told of.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <inheritdoc/>
    public void Record(ClusterEvent e)
    {
        if (_events.Add(e, _time.GetUtcNow(), out var isDropped) is { } entry && !_queue.Writer.TryWrite(entry))
        {
            _events.Remove(entry);
            isDropped = true;
        }

        if (isDropped) Interlocked.Increment(ref _dropped);
    }

    /// <summary>Sends what is recorded until cancelled; what is waiting then gets one quick try.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        try
        {
            while (true) await TurnAsync(ct);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            await EndAsync();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private async Task TurnAsync(CancellationToken ct)
    {
        if (_queue.Reader.TryPeek(out var entry))
        {
            var isSent = await TryManyTimesAsync(entry, ct);
            _queue.Reader.TryRead(out _); // only now: what is cut short by the end is tried once more there
            if (isSent) return;
            _events.Remove(entry);
            Interlocked.Increment(ref _dropped);
        }
        else if (_events.Due(_time.GetUtcNow(), out var dueIn) is { } due)
        {
            if (!await TryManyTimesAsync(due, ct)) _events.Remove(due);
        }
        else
        {
            await WaitAsync(dueIn, ct);
        }
    }

    /// <summary>Waits for a new event, but not longer than until there may be a count to send.</summary>
    private async Task WaitAsync(TimeSpan? dueIn, CancellationToken ct)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var news = _queue.Reader.WaitToReadAsync(either.Token).AsTask();
        await Task.WhenAny(news, Task.Delay(dueIn ?? Timeout.InfiniteTimeSpan, _time, either.Token));
        await either.CancelAsync();
        ct.ThrowIfCancellationRequested();
    }

    private async Task<bool> TryManyTimesAsync(EventEntry entry, CancellationToken ct)
    {
        var backoff = new Backoff(FirstRetry, LastRetry, Random.Shared);
        for (var left = MaxTries; ; left--)
        {
            await _rate.WaitAsync(ct);
            var wait = TimeSpan.Zero;
            try
            {
                await SendAsync(entry, ct);
                _isQuiet = false;
                return true;
            }
            catch (ApiException e) when (e.IsRejected || e.Code is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.NotFound)
            {
                // No use trying again; and that the agent may not write events must not fill its log.
                if (!_isQuiet) Log.EventsRefused(_logger, e.Message, entry.Event.Reason);
                _isQuiet = true;
                return false;
            }
            catch (Exception e) when (e is ApiException or HttpRequestException or IOException)
            {
                if (left == 1)
                {
                    if (!_isQuiet) Log.EventNotSent(_logger, e.Message, entry.Event.Reason);
                    _isQuiet = true;
                    return false;
                }

                if (e is ApiException { RetryAfter: var asked }) wait = asked;
            }

            var next = backoff.Next();
            await Task.Delay(wait > next && wait < LastRetry ? wait : next, _time, ct);
        }
    }

    private async Task SendAsync(EventEntry entry, CancellationToken ct)
    {
        var (count, last) = _events.Read(entry);
        var path = EventJson.Path(entry.Event.Regarding);
        if (entry.CountSent > 0 && await TryPatchAsync($"{path}/{Uri.EscapeDataString(entry.Name)}", count, last, ct))
        {
            _events.Sent(entry, count, _time.GetUtcNow());
            return;
        }

        try
        {
            using var answer = await _client.SendAsync(ApiRequest.Post(path, EventJson.Create(entry, count, last, _host)), ct);
        }
        catch (ApiException e) when (e.Code == HttpStatusCode.Conflict)
        {
            // It is there: an earlier try succeeded, and its answer was lost.
        }

        _events.Sent(entry, count, _time.GetUtcNow());
    }

    /// <returns>False when the server has forgotten the event, as it does after an hour.</returns>
    private async Task<bool> TryPatchAsync(string path, int count, DateTimeOffset last, CancellationToken ct)
    {
        try
        {
            using var answer = await _client.SendAsync(ApiRequest.MergePatch(path, EventJson.Series(count, last)), ct);
            return true;
        }
        catch (ApiException e) when (e.Code == HttpStatusCode.NotFound)
        {
            return false;
        }
    }

    /// <summary>The agent ends, and what is waiting may say why.</summary>
    private async Task EndAsync()
    {
        using var limit = new CancellationTokenSource(EndPatience, _time);
        try
        {
            while (_queue.Reader.TryRead(out var entry)) await SendAsync(entry, limit.Token);
        }
        catch (Exception e) when (e is ApiException or HttpRequestException or IOException or OperationCanceledException)
        {
            // The agent does not stay for its events.
        }
    }
}
