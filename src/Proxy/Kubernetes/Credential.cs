using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Shunt.Proxy.Kubernetes;

/// <summary>Something to authenticate with that may change while the agent runs. Safe for several requests at once.</summary>
internal abstract class Credential
{
    /// <summary>No credential, or none but the client certificate.</summary>
    public static Credential None { get; } = new StaticCredential(null);

    /// <summary>A token that never changes.</summary>
    public static Credential Bearer(string token) => new StaticCredential(new AuthenticationHeaderValue("Bearer", token));

    /// <summary>User name and password.</summary>
    public static Credential Basic(string username, string password) => new StaticCredential(
        new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{username}:{password}"))));

    /// <summary>The client certificate to offer on new connections; null for none.</summary>
    public virtual X509Certificate2? Certificate => null;

    /// <summary>The header for the next request; null for none.</summary>
    /// <exception cref="IOException">It cannot be had right now; another try may succeed.</exception>
    public abstract ValueTask<AuthenticationHeaderValue?> GetHeaderAsync(CancellationToken ct);

    /// <summary>The server answered 401: whatever was cached is of no use any more.</summary>
    public virtual void Refused()
    {
    }

    private sealed class StaticCredential(AuthenticationHeaderValue? header) : Credential
    {
        public override ValueTask<AuthenticationHeaderValue?> GetHeaderAsync(CancellationToken ct) => ValueTask.FromResult(header);
    }
}
