using Microsoft.AspNetCore.Http;

namespace Shunt.Testing.Kubernetes;

/// <summary>A request that a <see cref="FakeApiServer"/> got.</summary>
public sealed record FakeRequest(string Path, string Query, string Authorization, string Protocol, string ClientCertificate)
{
    /// <summary>It is a watch, not a list.</summary>
    public bool IsWatch => Has("watch=true");

    /// <summary>The query has this parameter, as sent.</summary>
    public bool Has(string parameter) => Query.Split('?', '&').Contains(parameter);

    internal static FakeRequest Of(HttpContext context) => new(
        context.Request.Path,
        context.Request.QueryString.Value ?? "",
        context.Request.Headers.Authorization.ToString(),
        context.Request.Protocol,
        context.Connection.ClientCertificate?.Subject ?? "");
}
