using Microsoft.AspNetCore.Http;

namespace Shunt.Testing.Kubernetes;

/// <summary>A request that a <see cref="FakeApiServer"/> got.</summary>
public sealed record FakeRequest(string Path, string Query, string Authorization, string Protocol, string ClientCertificate)
{
    /// <summary>The method.</summary>
    public string Method { get; init; } = "GET";

    /// <summary>What the body is; empty when there is none.</summary>
    public string ContentType { get; init; } = "";

    /// <summary>The body; empty when there is none.</summary>
    public string Body { get; init; } = "";

    /// <summary>It is a watch, not a list.</summary>
    public bool IsWatch => Has("watch=true");

    /// <summary>The query has this parameter, as sent.</summary>
    public bool Has(string parameter) => Query.Split('?', '&').Contains(parameter);

    internal static async Task<FakeRequest> OfAsync(HttpContext context)
    {
        using var body = new StreamReader(context.Request.Body);
        return new FakeRequest(
            context.Request.Path,
            context.Request.QueryString.Value ?? "",
            context.Request.Headers.Authorization.ToString(),
            context.Request.Protocol,
            context.Connection.ClientCertificate?.Subject ?? "")
        {
            Method = context.Request.Method,
            ContentType = context.Request.ContentType ?? "",
            Body = await body.ReadToEndAsync(),
        };
    }
}
