using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Shunt.Testing.Kubernetes;

/// <content>Events: the one kind that clients write. Checked as the real server checks them.</content>
public sealed partial class FakeApiServer
{
    private readonly Dictionary<string, JsonObject> _events = [];

    /// <summary>Clients may write events; otherwise they are forbidden to, as without the role of a node's proxy.</summary>
    public bool AllowsEvents { get; set; } = true;

    /// <summary>The events there are, as they are now, in the order of their names.</summary>
    public IReadOnlyList<JsonObject> Events
    {
        get
        {
            lock (_events) return [.. _events.OrderBy(static e => e.Key, StringComparer.Ordinal).Select(static e => (JsonObject)e.Value.DeepClone())];
        }
    }

    /// <summary>Forgets all events, as the real server does after an hour.</summary>
    public void ForgetEvents()
    {
        lock (_events) _events.Clear();
    }

    private async Task WriteEventAsync(HttpContext context, FakeRequest request)
    {
        // /apis/events.k8s.io/v1/namespaces/NAMESPACE/events[/NAME]
        var answer = request.Path.Split('/') switch
        {
            ["", "apis", "events.k8s.io", "v1", "namespaces", ..] when !AllowsEvents =>
                FakeFaults.Status(403, "Forbidden", "events.events.k8s.io is forbidden: User \"nobody\" cannot write resource \"events\""),
            ["", "apis", "events.k8s.io", "v1", "namespaces", var ns, "events"] when request.Method == "POST" => CreateEvent(ns, request),
            ["", "apis", "events.k8s.io", "v1", "namespaces", var ns, "events", var name] when request.Method == "PATCH" =>
                PatchEvent(ns, name, request),
            _ => FakeFaults.Status(405, "MethodNotAllowed", "the server does not allow this method on the requested resource"),
        };
        await answer(context);
    }

    private Func<HttpContext, Task> CreateEvent(string ns, FakeRequest request)
    {
        if (request.ContentType != "application/json") return FakeFaults.Status(415, "UnsupportedMediaType", request.ContentType);
        var value = (JsonObject)JsonNode.Parse(request.Body)!;
        if (FakeEventValidation.Check(value, ns) is { } problem) return FakeFaults.Status(422, "Invalid", problem);
        lock (_events)
        {
            if (!_events.TryAdd($"{ns}/{value["metadata"]!["name"]}", value)) return FakeFaults.Status(409, "AlreadyExists", "events already exists");
        }

        return Created(value.ToJsonString());
    }

    private Func<HttpContext, Task> PatchEvent(string ns, string name, FakeRequest request)
    {
        if (request.ContentType != "application/merge-patch+json") return FakeFaults.Status(415, "UnsupportedMediaType", request.ContentType);
        lock (_events)
        {
            if (!_events.TryGetValue($"{ns}/{name}", out var before)) return FakeFaults.Status(404, "NotFound", $"events.events.k8s.io \"{name}\" not found");
            var after = (JsonObject)before.DeepClone();
            foreach (var (field, value) in (JsonObject)JsonNode.Parse(request.Body)!) after[field] = value?.DeepClone();
            if (FakeEventValidation.CheckChange(before, after) is { } problem) return FakeFaults.Status(422, "Invalid", problem);
            _events[$"{ns}/{name}"] = after;
            return FakeFaults.Body(after.ToJsonString());
        }
    }

    private static Func<HttpContext, Task> Created(string body) => async context =>
    {
        context.Response.StatusCode = 201;
        context.Response.ContentLength = System.Text.Encoding.UTF8.GetByteCount(body);
        await context.Response.WriteAsync(body);
    };
}
