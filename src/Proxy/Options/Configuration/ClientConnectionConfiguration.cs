namespace Shunt.Proxy.Options.Configuration;

/// <summary>The section <c>clientConnection</c>: how the API server is reached.</summary>
internal sealed record ClientConnectionConfiguration
{
    /// <summary><c>kubeconfig</c>: the file; empty for the pod's service account.</summary>
    public string Kubeconfig { get; init; } = "";

    /// <summary><c>acceptContentTypes</c>: what the client accepts; empty for its default.</summary>
    public string AcceptContentTypes { get; init; } = "";

    /// <summary><c>contentType</c>: what the client sends; empty for protobuf.</summary>
    public string ContentType { get; init; } = "";

    /// <summary><c>qps</c>: requests a second; zero for the default.</summary>
    public float Qps { get; init; }

    /// <summary><c>burst</c>: requests at once; zero for the default.</summary>
    public int Burst { get; init; }
}
