using System.Text;
using Microsoft.AspNetCore.Http;

namespace Shunt.Proxy.Http;

/// <summary>Answers with a whole page at once, and with the headers that kube-proxy's servers give it.</summary>
internal static class Answer
{
    /// <summary>The type of text for people.</summary>
    public const string PlainText = "text/plain; charset=utf-8";

    /// <summary>The type of JSON.</summary>
    public const string Json = "application/json";

    /// <summary>Answers. A HEAD request gets the headers only.</summary>
    /// <param name="context">The request.</param>
    /// <param name="status">The status.</param>
    /// <param name="type">The type of the body, which the client must not guess.</param>
    /// <param name="body">The body.</param>
    public static async Task WithAsync(HttpContext context, int status, string type, ReadOnlyMemory<byte> body)
    {
        var response = context.Response;
        response.StatusCode = status;
        response.ContentType = type;
        response.Headers.XContentTypeOptions = "nosniff";
        response.ContentLength = body.Length;
        if (HttpMethods.IsHead(context.Request.Method)) return;
        await response.Body.WriteAsync(body, context.RequestAborted);
    }

    /// <summary>Answers with text.</summary>
    public static Task TextAsync(HttpContext context, string text, int status = StatusCodes.Status200OK) =>
        WithAsync(context, status, PlainText, Encoding.UTF8.GetBytes(text));

    /// <summary>There is no such page.</summary>
    public static Task NotFoundAsync(HttpContext context) => TextAsync(context, "404 page not found\n", StatusCodes.Status404NotFound);
}
