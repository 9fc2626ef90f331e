using System.IO.Compression;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using Shunt.Proxy.Metrics.Exposition;

namespace Shunt.Proxy.Metrics.Pages;

/// <summary>A page of metrics in the format the client likes best, compressed if it likes that.</summary>
internal static class MetricsPage
{
    private const string Gzip = "gzip";

    /// <summary>Answers a request for a page.</summary>
    public static async Task AnswerAsync(HttpContext context, MetricRegistry registry)
    {
        var (request, response) = (context.Request, context.Response);
        var (format, contentType) = Negotiate(request.Headers.Accept);
        response.ContentType = contentType;
        var compress = AcceptsGzip(request.Headers.AcceptEncoding);
        if (compress) response.Headers.ContentEncoding = Gzip;
        if (HttpMethods.IsHead(request.Method)) return;
        if (!compress)
        {
            registry.Write(response.BodyWriter, format);
            await response.BodyWriter.FlushAsync(context.RequestAborted);
            return;
        }

        await using var gzip = new GZipStream(response.Body, CompressionLevel.Fastest, leaveOpen: true);
        var writer = PipeWriter.Create(gzip, new StreamPipeWriterOptions(leaveOpen: true));
        registry.Write(writer, format);
        await writer.CompleteAsync();
    }

    /// <summary>The first format, by the client's preference, that we have; text when it names none.</summary>
    /// <param name="accept">The header.</param>
    /// <returns>The format, and what the answer calls it.</returns>
    internal static (ExpositionFormat Format, string ContentType) Negotiate(StringValues accept)
    {
        if (!StringValues.IsNullOrEmpty(accept) && MediaTypeHeaderValue.TryParseList(accept, out var types))
        {
            foreach (var type in types.OrderByDescending(static type => type.Quality ?? 1)) // stable: equals stay in the client's order
            {
                if (type.Quality == 0) continue;
                var version = HeaderUtilities.RemoveQuotes(type.Parameters.FirstOrDefault(static p => p.Name == "version")?.Value ?? "").Value;
                if (type.MediaType == "application/openmetrics-text" && version is ("" or "0.0.1" or "1.0.0"))
                {
                    return (ExpositionFormat.OpenMetrics, $"application/openmetrics-text; version={(version == "0.0.1" ? version : "1.0.0")}; charset=utf-8");
                }

                if (type.MediaType == "text/plain" && version is ("" or "0.0.4")) break;
            }
        }

        return (ExpositionFormat.Text, "text/plain; version=0.0.4; charset=utf-8");
    }

    private static bool AcceptsGzip(StringValues accept)
    {
        if (StringValues.IsNullOrEmpty(accept) || !StringWithQualityHeaderValue.TryParseList(accept, out var encodings)) return false;
        return encodings.Any(static encoding => encoding.Value == Gzip && encoding.Quality != 0);
    }
}
