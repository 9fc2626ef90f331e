namespace Shunt.Proxy.Kubernetes;

/// <summary>Reads the URL of an API server the way client-go does: the scheme may be missing.</summary>
internal static class ServerUrl
{
    /// <summary>The URL, with a slash at its end; null when the text is none.</summary>
    /// <param name="text">As given.</param>
    /// <param name="hasTls">Certificates are configured: without a scheme, HTTPS is meant.</param>
    public static Uri? Parse(string text, bool hasTls)
    {
        if (text.Length == 0) return null;
        if (!text.Contains("://", StringComparison.Ordinal)) text = (hasTls ? "https://" : "http://") + text;
        if (!text.EndsWith('/')) text += "/";
        return Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri.Host.Length > 0 ? uri : null;
    }
}
