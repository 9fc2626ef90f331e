using System.Globalization;
using System.Net;
using System.Threading.Channels;
using Shunt.Proxy.Sources.Decoding;
using Shunt.Proxy.State;

namespace Shunt.Proxy.Kubernetes;

/// <content>Watches, which may begin with the whole list.</content>
internal sealed partial class Reflector
{
    /// <summary>A watch that ended sooner than this and said nothing is a failure, lest a broken server is asked in a tight loop.</summary>
    private static readonly TimeSpan MinWatch = TimeSpan.FromSeconds(1);

    private async Task<TimeSpan> WatchAsync(ChannelWriter<WatchEvent> events, CancellationToken ct)
    {
        var timeout = _options.WatchTimeout * (1 + _options.Random.NextDouble());
        using var deadline = new CancellationTokenSource(timeout + _options.SilenceMargin, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, deadline.Token);
        var began = _time.GetTimestamp();
        var frames = 0;
        try
        {
            using var response = await _client.GetAsync(WatchQuery(timeout), either.Token);
            await using var stream = new WatchStream(await response.Content.ReadAsStreamAsync(either.Token));
            if (!_synced) frames += await ReadInitialEventsAsync(stream, events, either.Token);
            while (_synced && await stream.ReadAsync(_decoder, either.Token) is { } frame)
            {
                await OnFrameAsync(frame, events, ct);
                if (frames++ == 0) _backoff.Reset();
            }

            Log.WatchEnded(_logger, _resource.Name, _resourceVersion);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            Log.WatchSilent(_logger, _resource.Name);
        }

        return frames > 0 || _time.GetElapsedTime(began) >= MinWatch ? TimeSpan.Zero : _backoff.Next();
    }

    private string WatchQuery(TimeSpan timeout) => _resource.Query(
        ("watch", "true"),
        ("allowWatchBookmarks", "true"),
        ("timeoutSeconds", ((int)Math.Max(1, timeout.TotalSeconds)).ToString(CultureInfo.InvariantCulture)),
        ("resourceVersion", _synced ? _resourceVersion : ""),
        ("sendInitialEvents", _synced ? "" : "true"),
        ("resourceVersionMatch", _synced ? "" : "NotOlderThan"));

    /// <summary>
    /// Collects the list at the beginning of a watch and passes it on when the server says that it is complete. A server that never
    /// says so does not know about lists in watches, and is asked for pages from now on.
    /// </summary>
    /// <returns>The number of frames.</returns>
    private async Task<int> ReadInitialEventsAsync(WatchStream stream, ChannelWriter<WatchEvent> events, CancellationToken ct)
    {
        var items = new Dictionary<ObjectKey, Decoded>();
        var nameless = new List<Decoded>();
        using var pause = new CancellationTokenSource(_options.InitialEventsTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, pause.Token);
        try
        {
            for (var frames = 1; await stream.ReadAsync(_decoder, either.Token) is { } frame; frames++)
            {
                pause.CancelAfter(_options.InitialEventsTimeout);
                if (frame.Kind == WatchFrameKind.Error) throw ToException(frame.Status);
                if (frame.InitialEventsEnd)
                {
                    await PublishAsync([.. items.Values, .. nameless], frame.ResourceVersion, events, ct);
                    return frames;
                }

                if (frame.Kind == WatchFrameKind.Deleted) items.Remove(frame.Decoded.Key);
                else if (frame.Kind == WatchFrameKind.Changed && frame.Decoded.HasKey) items[frame.Decoded.Key] = frame.Decoded;
                else if (frame.Kind != WatchFrameKind.Bookmark) nameless.Add(frame.Decoded);
            }
        }
        catch (OperationCanceledException) when (pause.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            Log.WatchListUnsupported(_logger, _resource.Name, "it did not say when the list is complete");
            _canStreamLists = false;
        }

        return 0;
    }

    private async ValueTask OnFrameAsync(WatchFrame frame, ChannelWriter<WatchEvent> events, CancellationToken ct)
    {
        switch (frame.Kind)
        {
            case WatchFrameKind.Error:
                var error = ToException(frame.Status);
                _synced &= error.Code == HttpStatusCode.TooManyRequests;
                throw error;
            case WatchFrameKind.Changed:
                await OnChangedAsync(frame.Decoded, events, ct);
                break;
            case WatchFrameKind.Deleted when frame.Decoded.HasKey:
                await OnDeletedAsync(frame.Decoded, events, ct);
                break;
            case WatchFrameKind.Bookmark:
                break;
            default:
                Log.ObjectUnreadable(_logger, frame.Decoded.Error, _resource.Name, frame.Decoded.Name);
                break;
        }

        // Only now: had writing the event been cancelled, the next watch must bring it again.
        if (frame.ResourceVersion.Length > 0) _resourceVersion = Later(_resourceVersion, frame.ResourceVersion);
    }

    private async ValueTask OnChangedAsync(Decoded decoded, ChannelWriter<WatchEvent> events, CancellationToken ct)
    {
        if (decoded.Object is not { } changed)
        {
            Log.ObjectUnreadable(_logger, decoded.Error, _resource.Name, decoded.Name);
        }
        else if (_versions.IsOldChange(decoded))
        {
            Log.OldEventDropped(_logger, _resource.Name, decoded.Name);
        }
        else
        {
            await events.WriteAsync(new WatchEvent.Changed(changed), ct);
            _versions.Note(decoded);
        }
    }

    private async ValueTask OnDeletedAsync(Decoded decoded, ChannelWriter<WatchEvent> events, CancellationToken ct)
    {
        if (_versions.IsOldDeletion(decoded))
        {
            Log.OldEventDropped(_logger, _resource.Name, decoded.Name);
            return;
        }

        await events.WriteAsync(new WatchEvent.Deleted(_resource.Kind, decoded.Key), ct);
        _versions.NoteDeleted(decoded);
    }

    /// <summary>The later of two versions, if they can be compared, so that a late event does not make the next watch repeat everything.</summary>
    private static string Later(string left, string right) =>
        ulong.TryParse(left, NumberStyles.None, CultureInfo.InvariantCulture, out var a)
        && ulong.TryParse(right, NumberStyles.None, CultureInfo.InvariantCulture, out var b) && a > b ? left : right;

    private static ApiException ToException(ApiStatus status) =>
        new((HttpStatusCode)(status.Code == 0 ? 500 : status.Code), status, TimeSpan.FromSeconds(status.RetryAfterSeconds));
}
