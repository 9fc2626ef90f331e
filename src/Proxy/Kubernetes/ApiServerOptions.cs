using System.Security.Cryptography.X509Certificates;
using Shunt.Proxy.Metrics;

namespace Shunt.Proxy.Kubernetes;

/// <summary>Where the API server is and how to talk to it; made from a kubeconfig, a master URL, or the pod's own environment.</summary>
internal sealed record ApiServerOptions
{
    /// <summary>The base URL; a path in it is kept.</summary>
    public required Uri Server { get; init; }

    /// <summary>The name the server's certificate must have; empty for the host of <see cref="Server"/>.</summary>
    public string TlsServerName { get; init; } = "";

    /// <summary>Any server certificate will do.</summary>
    public bool InsecureSkipTlsVerify { get; init; }

    /// <summary>Who may have signed the server's certificate; empty for the system's authorities.</summary>
    public X509Certificate2Collection CertificateAuthorities { get; init; } = [];

    /// <summary>The client certificate with its key first, then what its chain needs; empty for none.</summary>
    public X509Certificate2Collection ClientCertificates { get; init; } = [];

    /// <summary>The files that the certificates were read from, which somebody may renew; null when they are not from files.</summary>
    public CertificateFiles? Files { get; init; }

    /// <summary>The proxy; null for what HTTPS_PROXY, HTTP_PROXY and NO_PROXY say.</summary>
    public Uri? Proxy { get; init; }

    /// <summary>What to authenticate with, besides a client certificate.</summary>
    public required Credential Credential { get; init; }

    /// <summary>Told what becomes of every request; null for nobody.</summary>
    public IRequestObserver? Requests { get; init; }

    /// <summary>After how long without a byte an HTTP/2 connection is pinged, and a TCP connection probed.</summary>
    public TimeSpan KeepAliveDelay { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a ping may go unanswered before the connection counts as dead.</summary>
    public TimeSpan KeepAliveTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long the server may take to begin an answer.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(60);
}
