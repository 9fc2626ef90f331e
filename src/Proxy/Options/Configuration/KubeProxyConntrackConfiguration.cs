namespace Shunt.Proxy.Options.Configuration;

/// <summary>The section <c>conntrack</c>.</summary>
internal sealed record KubeProxyConntrackConfiguration
{
    /// <summary><c>maxPerCore</c>; null when not set.</summary>
    public int? MaxPerCore { get; init; }

    /// <summary><c>min</c>; null when not set.</summary>
    public int? Min { get; init; }

    /// <summary><c>tcpEstablishedTimeout</c>; null when not set, zero leaves the kernel's.</summary>
    public TimeSpan? TcpEstablishedTimeout { get; init; }

    /// <summary><c>tcpCloseWaitTimeout</c>; null when not set, zero leaves the kernel's.</summary>
    public TimeSpan? TcpCloseWaitTimeout { get; init; }

    /// <summary><c>tcpBeLiberal</c>.</summary>
    public bool TcpBeLiberal { get; init; }

    /// <summary><c>udpTimeout</c>; zero leaves the kernel's.</summary>
    public TimeSpan UdpTimeout { get; init; }

    /// <summary><c>udpStreamTimeout</c>; zero leaves the kernel's.</summary>
    public TimeSpan UdpStreamTimeout { get; init; }
}
