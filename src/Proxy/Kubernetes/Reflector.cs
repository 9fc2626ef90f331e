using System.Net;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Shunt.Proxy.Sources.Decoding;
using Shunt.Proxy.State;

namespace Shunt.Proxy.Kubernetes;

/// <summary>
/// Keeps the agent up to date about one resource: lists it once, then watches, and lists anew only when the server has forgotten the
/// version the watch would go on from. Whatever fails is logged and tried again.
/// </summary>
internal sealed partial class Reflector
{
    private readonly ApiClient _client;
    private readonly WatchedResource _resource;
    private readonly ReflectorOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ObjectDecoder _decoder;
    private readonly Backoff _backoff;
    private readonly SeenVersions _versions = new();
    private string _resourceVersion = "";
    private bool _synced;
    private bool _listedBefore;
    private bool _canStreamLists;

    /// <summary>Creates the reflector; nothing is sent yet.</summary>
    public Reflector(ApiClient client, WatchedResource resource, ReflectorOptions options, TimeProvider time, ILogger logger)
    {
        _client = client;
        _resource = resource;
        _options = options;
        _time = time;
        _logger = logger;
        _decoder = ObjectDecoder.For(resource.Kind);
        _backoff = new Backoff(options.InitialBackoff, options.MaxBackoff, options.Random);
        _canStreamLists = options.WatchList;
    }

    /// <summary>Writes events until cancelled.</summary>
    public async Task RunAsync(ChannelWriter<WatchEvent> events, CancellationToken ct)
    {
        Log.Starting(_logger, _resource.Controller);
        Log.WaitingForList(_logger, _resource.Controller);
        while (true)
        {
            ct.ThrowIfCancellationRequested();
            var wait = await StepAsync(events, ct);
            if (wait > TimeSpan.Zero) await Task.Delay(wait, _time, ct);
        }
    }

    /// <summary>Does the next thing there is to do, and says how long to wait after it.</summary>
    private async Task<TimeSpan> StepAsync(ChannelWriter<WatchEvent> events, CancellationToken ct)
    {
        try
        {
            if (_synced || _canStreamLists) return await WatchAsync(events, ct);
            await ListAsync(events, ct);
            return TimeSpan.Zero;
        }
        catch (ApiException e)
        {
            return await OnRefusalAsync(e, events, ct);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or InvalidDataException or JsonException
            || (e is OperationCanceledException && !ct.IsCancellationRequested))
        {
            // A cancellation that is not ours is a time limit inside HttpClient, such as that for connecting.
            var wait = _backoff.Next();
            Log.RequestFailed(_logger, Describe(e), _resource.Name, wait);
            return wait;
        }
    }

    private async Task<TimeSpan> OnRefusalAsync(ApiException e, ChannelWriter<WatchEvent> events, CancellationToken ct)
    {
        if (e.Code == HttpStatusCode.NotFound && _resource.IsOptional) return await OnUnknownAsync(events, ct);
        if (e.IsExpired)
        {
            Log.Expired(_logger, _resource.Name, e.Message);
            _synced = false;
            return _backoff.Next();
        }

        if (e.IsRejected && !_synced && _canStreamLists)
        {
            Log.WatchListUnsupported(_logger, _resource.Name, e.Message);
            _canStreamLists = false;
            return TimeSpan.Zero;
        }

        if (e.IsRejected) _synced = false;
        var wait = _backoff.Next();
        var asked = e.RetryAfter < _options.MaxRetryAfter ? e.RetryAfter : _options.MaxRetryAfter;
        if (asked > wait) wait = asked;
        if (e.Code is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden) Log.AccessRefused(_logger, e.Message, _resource.Name, wait);
        else Log.RequestFailed(_logger, e.Message, _resource.Name, wait);
        return wait;
    }

    /// <summary>An older server without the resource: the same as one with none of it, until it is upgraded.</summary>
    private async Task<TimeSpan> OnUnknownAsync(ChannelWriter<WatchEvent> events, CancellationToken ct)
    {
        _synced = false;
        if (_listedBefore) return _options.NotFoundInterval;
        Log.ResourceUnknown(_logger, _resource.Name);
        _listedBefore = true;
        await events.WriteAsync(new WatchEvent.Listed(_resource.Kind, [], []), ct);
        return _options.NotFoundInterval;
    }

    /// <summary>Passes a complete list on.</summary>
    private async Task PublishAsync(IReadOnlyCollection<Decoded> items, string resourceVersion, ChannelWriter<WatchEvent> events, CancellationToken ct)
    {
        _versions.Clear(items.Count);
        foreach (var item in items)
        {
            if (item.Object is null) Log.ObjectUnreadable(_logger, item.Error, _resource.Name, item.Name);
            else _versions.Note(item);
        }

        var listed = new WatchEvent.Listed(
            _resource.Kind,
            [.. items.Where(static i => i.Object is not null).Select(static i => i.Object!)], // The filter is in front of it.
            [.. items.Where(static i => i.Object is null && i.HasKey).Select(static i => i.Key)]);
        await events.WriteAsync(listed, ct);
        _resourceVersion = resourceVersion;
        if (!_listedBefore) Log.FirstListed(_logger, _resource.Controller);
        _synced = _listedBefore = true;
        _backoff.Reset();
        Log.Listed(_logger, _resource.Name, listed.Objects.Length, resourceVersion);
    }

    /// <summary>The message with that of the innermost cause, which is the one that says something (TLS, sockets).</summary>
    private static string Describe(Exception e)
    {
        var cause = e.GetBaseException();
        var text = cause == e ? e.Message : $"{e.Message} {cause.Message}";
        return text.ReplaceLineEndings(" ");
    }
}
