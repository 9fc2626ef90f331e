using Microsoft.AspNetCore.Http;

namespace Shunt.Proxy.Http;

/// <summary>Answers with the headers that kube-proxy's servers give them.</summary>
internal static class Answer
{
    private static readonly byte[] NotFound = "404 page not found\n"u8.ToArray();

    /// <summary>Answers with a body. A HEAD request gets its length only.</summary>
    /// <param name="context">The request.</param>
    /// <param name="status">The status code.</param>
    /// <param name="contentType">What the body is.</param>
    /// <param name="body">The body.</param>
    public static Task WriteAsync(HttpContext context, int status, string contentType, ReadOnlyMemory<byte> body)
    {
        var response = context.Response;
        response.StatusCode = status;
        response.ContentType = contentType;
        response.Headers.XContentTypeOptions = "nosniff";
        response.ContentLength = body.Length;
        return response.Body.WriteAsync(body).AsTask();
    }

    /// <summary>There is no such page.</summary>
    public static Task NotFoundAsync(HttpContext context) =>
        WriteAsync(context, StatusCodes.Status404NotFound, "text/plain; charset=utf-8", NotFound);
}
