using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Shunt.Testing.Kubernetes;

/// <summary>Answers that go wrong.</summary>
public static class FakeFaults
{
    /// <summary>A Status instead of what was asked for, in the shape of the real server.</summary>
    public static Func<HttpContext, Task> Status(int code, string reason, string message, int retryAfter = 0) => async context =>
    {
        context.Response.StatusCode = code;
        context.Response.ContentType = "application/json";
        if (retryAfter > 0) context.Response.Headers.RetryAfter = retryAfter.ToString(CultureInfo.InvariantCulture);
        await context.Response.WriteAsync(StatusJson(code, reason, message) + "\n");
    };

    /// <summary>A 200 with this text, then the end (or, when <paramref name="abort"/>, a broken connection).</summary>
    public static Func<HttpContext, Task> Body(string text, bool abort = false) => async context =>
    {
        if (!context.Response.HasStarted) context.Response.ContentType = "application/json";
        await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(text));
        await context.Response.Body.FlushAsync();
        if (abort) context.Abort();
    };

    /// <summary>A 200 with this text, then silence on an open connection until the client gives up.</summary>
    public static Func<HttpContext, Task> Silence(string text) => async context =>
    {
        await Body(text)(context);
        await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    };

    /// <summary>A v1 Status.</summary>
    public static string StatusJson(int code, string reason, string message) => new JsonObject
    {
        ["kind"] = "Status",
        ["apiVersion"] = "v1",
        ["metadata"] = new JsonObject(),
        ["status"] = "Failure",
        ["message"] = message,
        ["reason"] = reason,
        ["code"] = code,
    }.ToJsonString();
}
