using System.Net.Http.Headers;

namespace Shunt.Proxy.Kubernetes;

/// <summary>
/// A token in a file that somebody else keeps fresh (the kubelet rotates service account tokens). Read for every request: there is one
/// every few minutes.
/// </summary>
internal sealed class TokenFileCredential(string path) : Credential
{
    /// <inheritdoc/>
    public override async ValueTask<AuthenticationHeaderValue?> GetHeaderAsync(CancellationToken ct)
    {
        try
        {
            var token = (await File.ReadAllTextAsync(path, ct)).Trim();
            if (token.Length == 0) throw new IOException($"token file {path} is empty");
            return new AuthenticationHeaderValue("Bearer", token);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException($"token file {path}: {e.Message}", e);
        }
    }
}
