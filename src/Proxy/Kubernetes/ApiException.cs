using System.Net;
using Shunt.Proxy.Sources.Decoding;

namespace Shunt.Proxy.Kubernetes;

/// <summary>The API server answered, and the answer is no.</summary>
internal sealed class ApiException(HttpStatusCode code, ApiStatus status, TimeSpan retryAfter) : Exception(Describe(code, status))
{
    /// <summary>The HTTP status, or the code in the Status object of a watch's ERROR event.</summary>
    public HttpStatusCode Code => code;

    /// <summary>How long the server wants to be left alone; zero when it did not say.</summary>
    public TimeSpan RetryAfter => retryAfter;

    /// <summary>
    /// The resourceVersion or continue token is too old, or, after a restored backup, from a future that never was: only a new list helps.
    /// </summary>
    public bool IsExpired =>
        code == HttpStatusCode.Gone || status.Reason is "Expired" or "Gone"
        || status.Message.Contains("Too large resource version", StringComparison.Ordinal);

    /// <summary>The request itself is wrong, so that repeating it is pointless.</summary>
    public bool IsRejected => (int)code is >= 400 and < 500 && !IsExpired
        && code is not (HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.NotFound
            or HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests);

    private static string Describe(HttpStatusCode code, ApiStatus status) =>
        status.Message.Length == 0 ? $"HTTP status {(int)code}" : $"HTTP status {(int)code}: {status.Message.ReplaceLineEndings(" ")}";
}
