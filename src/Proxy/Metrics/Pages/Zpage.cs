using System.Buffers;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Shunt.Proxy.Http;

namespace Shunt.Proxy.Metrics.Pages;

/// <summary>What <c>/statusz</c> and <c>/flagz</c> have in common: text for people, or a structure for programs.</summary>
/// <param name="kind">The structure's kind.</param>
/// <param name="name">The page's name.</param>
internal abstract class Zpage(string kind, string name)
{
    private const string Component = "kube-proxy";

    /// <summary>Answers a request for the page.</summary>
    public Task AnswerAsync(HttpContext context)
    {
        if (ZpageForm.Negotiate(context.Request.Headers.Accept, kind) is not { } form) return NotAcceptableAsync(context);
        if (form == ZpageForm.Text)
        {
            var text = new StringBuilder();
            text.Append('\n').Append(Component).Append(' ').Append(name).Append('\n');
            text.Append("Warning: This endpoint is not meant to be machine parseable, has no formatting compatibility guarantees and is for debugging purposes only.\n");
            WriteText(text);
            return Answer.TextAsync(context, text.ToString());
        }

        if (form.Version == ZpageForm.DeprecatedVersion)
        {
            context.Response.Headers.Warning = $"299 - \"This version of the {name} endpoint is deprecated. Please use a newer version.\"";
        }

        return Answer.WithAsync(context, StatusCodes.Status200OK, form.MediaType, Json(json =>
        {
            json.WriteString("kind", kind);
            json.WriteString("apiVersion", $"{ZpageForm.Group}/{form.Version}");
            json.WriteStartObject("metadata");
            json.WriteString("name", Component);
            json.WriteEndObject();
            WriteFields(json);
        }));
    }

    /// <summary>Writes the page's lines, after the heading.</summary>
    protected abstract void WriteText(StringBuilder text);

    /// <summary>Writes the structure's own fields.</summary>
    protected abstract void WriteFields(Utf8JsonWriter json);

    /// <summary>The status object that a server of the API gives for it.</summary>
    private static Task NotAcceptableAsync(HttpContext context) =>
        Answer.WithAsync(context, StatusCodes.Status406NotAcceptable, Answer.Json, Json(static json =>
        {
            json.WriteString("kind", "Status");
            json.WriteString("apiVersion", "v1");
            json.WriteStartObject("metadata");
            json.WriteEndObject();
            json.WriteString("status", "Failure");
            json.WriteString("message", "only the following media types are accepted: application/json, application/yaml, text/plain");
            json.WriteString("reason", "NotAcceptable");
            json.WriteNumber("code", StatusCodes.Status406NotAcceptable);
        }));

    private static ReadOnlyMemory<byte> Json(Action<Utf8JsonWriter> write)
    {
        var body = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        body.Write("\n"u8);
        return body.WrittenMemory;
    }
}
