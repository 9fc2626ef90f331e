namespace Shunt.Proxy.Kubernetes;

/// <summary>A request to the API server, which can be sent more than once.</summary>
/// <param name="Method">The method.</param>
/// <param name="Path">Relative to the server's URL, with the query.</param>
/// <param name="ContentType">What <paramref name="Body"/> is; empty when there is none.</param>
/// <param name="Body">The body.</param>
internal readonly record struct ApiRequest(HttpMethod Method, string Path, string ContentType, ReadOnlyMemory<byte> Body)
{
    /// <summary>The answer goes on for as long as there is news.</summary>
    public bool IsWatch => Path.Contains("watch=true", StringComparison.Ordinal);

    /// <summary>Reads something.</summary>
    public static ApiRequest Get(string path) => new(HttpMethod.Get, path, "", default);

    /// <summary>Creates an object, given as JSON.</summary>
    public static ApiRequest Post(string path, ReadOnlyMemory<byte> json) => new(HttpMethod.Post, path, "application/json", json);

    /// <summary>Changes some fields of an object: those in the JSON (RFC 7396).</summary>
    public static ApiRequest MergePatch(string path, ReadOnlyMemory<byte> json) => new(HttpMethod.Patch, path, "application/merge-patch+json", json);
}
