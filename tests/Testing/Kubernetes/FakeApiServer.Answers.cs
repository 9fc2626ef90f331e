using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Shunt.Testing.Kubernetes;

/// <content>Lists and watches.</content>
public sealed partial class FakeApiServer
{
    private async Task ListAsync(HttpContext context, FakeRequest request)
    {
        var query = context.Request.Query;
        var (version, objects) = _store.List(request.Path);
        var selector = new FakeSelector(query);
        objects = [.. objects.Where(selector.Matches)];
        var skip = 0;
        if (query["continue"].ToString() is { Length: > 0 } token)
        {
            var parts = Encoding.ASCII.GetString(Convert.FromBase64String(token)).Split(':');
            version = long.Parse(parts[0], CultureInfo.InvariantCulture);
            skip = int.Parse(parts[1], CultureInfo.InvariantCulture);
            if (version < _store.Oldest)
            {
                await FakeFaults.Status(410, "Expired", "The provided continue parameter is too old to display a consistent list result.")(context);
                return;
            }
        }

        var limit = int.TryParse(query["limit"], CultureInfo.InvariantCulture, out var given) && query["resourceVersion"] != "0" ? given : int.MaxValue;
        var page = objects.Skip(skip).Take(limit).ToList();
        var metadata = new JsonObject { ["resourceVersion"] = Text(version) };
        if (skip + page.Count < objects.Count) metadata["continue"] = Convert.ToBase64String(Encoding.ASCII.GetBytes($"{version}:{skip + page.Count}"));
        var (kind, apiVersion) = KindOf(request.Path);
        var list = new JsonObject
        {
            ["kind"] = kind + "List",
            ["apiVersion"] = apiVersion,
            ["metadata"] = metadata,
            ["items"] = new JsonArray([.. page.Select(static o => o.DeepClone())]),
        };
        await FakeFaults.Body(list.ToJsonString() + "\n")(context);
    }

    private async Task WatchAsync(HttpContext context, FakeRequest request)
    {
        var query = context.Request.Query;
        var withList = request.Has("sendInitialEvents=true");
        if (withList && !SupportsWatchList)
        {
            await FakeFaults.Status(422, "Invalid", "sendInitialEvents: Forbidden: sendInitialEvents is forbidden for watch unless the WatchList feature gate is enabled")(context);
            return;
        }

        var version = withList ? 0 : long.Parse(query["resourceVersion"].ToString(), CultureInfo.InvariantCulture);
        if (!withList && version < _store.Oldest)
        {
            var message = $"too old resource version: {version} ({_store.Oldest})";
            var error = $"{{\"type\":\"ERROR\",\"object\":{FakeFaults.StatusJson(410, "Expired", message)}}}\n";
            await (ExpiresByStatus ? FakeFaults.Status(410, "Expired", message) : FakeFaults.Body(error))(context);
            return;
        }

        context.Response.ContentType = "application/json";
        await context.Response.Body.FlushAsync(); // The headers, at once.
        if (withList) version = await SendInitialEventsAsync(context, request);
        await SendChangesAsync(context, request, version);
    }

    private async Task<long> SendInitialEventsAsync(HttpContext context, FakeRequest request)
    {
        var selector = new FakeSelector(context.Request.Query);
        var (version, objects) = _store.List(request.Path);
        foreach (var value in objects.Where(selector.Matches)) await SendAsync(context, "ADDED", value, request.Path);
        var bookmark = new JsonObject
        {
            ["metadata"] = new JsonObject
            {
                ["resourceVersion"] = Text(version),
                ["annotations"] = new JsonObject { ["k8s.io/initial-events-end"] = "true" },
            },
        };
        await SendAsync(context, "BOOKMARK", bookmark, request.Path);
        return version;
    }

    private async Task SendChangesAsync(HttpContext context, FakeRequest request, long version)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, _stopping.Token);
        if (int.TryParse(context.Request.Query["timeoutSeconds"], CultureInfo.InvariantCulture, out var seconds)) stop.CancelAfter(TimeSpan.FromSeconds(seconds));
        using var news = new SemaphoreSlim(1);
        void Listener() => news.Release();
        _store.Listen(Listener);
        var rawSent = RawCount();
        try
        {
            while (true)
            {
                await news.WaitAsync(stop.Token);
                version = await SendSinceAsync(context, request, version);
                rawSent = await SendRawAsync(context, rawSent);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The watch's time is up, or one side is closing: an ordinary end.
        }
        finally
        {
            _store.Unlisten(Listener);
        }
    }

    private async Task<long> SendSinceAsync(HttpContext context, FakeRequest request, long version)
    {
        var selector = new FakeSelector(context.Request.Query);
        foreach (var change in _store.Since(request.Path, version))
        {
            version = change.Version;
            var (before, after) = (selector.Matches(change.Before), selector.Matches(change.After));
            if (after) await SendAsync(context, before ? "MODIFIED" : "ADDED", change.After!, request.Path);
            else if (before) await SendAsync(context, "DELETED", WithVersion(change.Before!, version), request.Path);
        }

        return version;
    }

    private int RawCount()
    {
        lock (_raw) return _raw.Count;
    }

    private async Task<int> SendRawAsync(HttpContext context, int sent)
    {
        List<byte[]> fresh;
        lock (_raw) fresh = [.. _raw.Skip(sent)];
        foreach (var bytes in fresh)
        {
            await context.Response.Body.WriteAsync(bytes);
            await context.Response.Body.FlushAsync();
        }

        return sent + fresh.Count;
    }

    private static async Task SendAsync(HttpContext context, string type, JsonObject value, string resource)
    {
        var (kind, apiVersion) = KindOf(resource);
        var full = new JsonObject { ["kind"] = kind, ["apiVersion"] = apiVersion };
        foreach (var (name, member) in value)
        {
            if (name is not ("kind" or "apiVersion")) full[name] = member?.DeepClone();
        }

        var frame = new JsonObject { ["type"] = type, ["object"] = full };
        await FakeFaults.Body(frame.ToJsonString() + "\n")(context);
    }

    private static JsonObject WithVersion(JsonObject value, long version)
    {
        var copy = (JsonObject)value.DeepClone();
        copy["metadata"]!["resourceVersion"] = Text(version);
        return copy;
    }

    private static (string Kind, string ApiVersion) KindOf(string resource) => resource switch
    {
        Services => ("Service", "v1"),
        EndpointSlices => ("EndpointSlice", "discovery.k8s.io/v1"),
        ServiceCidrs => ("ServiceCIDR", "networking.k8s.io/v1"),
        _ => ("Node", "v1"),
    };

    private static string Text(long version) => version.ToString(CultureInfo.InvariantCulture);
}
