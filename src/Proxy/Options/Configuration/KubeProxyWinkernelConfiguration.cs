namespace Shunt.Proxy.Options.Configuration;

/// <summary>The section <c>winkernel</c>: read and written, so that a file for all nodes can be used; of no effect on Linux.</summary>
internal sealed record KubeProxyWinkernelConfiguration
{
    /// <summary><c>networkName</c>.</summary>
    public string NetworkName { get; init; } = "";

    /// <summary><c>sourceVip</c>.</summary>
    public string SourceVip { get; init; } = "";

    /// <summary><c>enableDSR</c>.</summary>
    public bool EnableDSR { get; init; }

    /// <summary><c>rootHnsEndpointName</c>.</summary>
    public string RootHnsEndpointName { get; init; } = "";

    /// <summary><c>forwardHealthCheckVip</c>.</summary>
    public bool ForwardHealthCheckVip { get; init; }
}
