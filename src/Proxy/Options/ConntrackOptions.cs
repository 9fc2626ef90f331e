namespace Shunt.Proxy.Options;

/// <summary>How the kernel's connection tracking is to be set at the start; a value of zero leaves the kernel's alone.</summary>
internal sealed record ConntrackOptions
{
    /// <summary><c>--conntrack-max-per-core</c>: entries for each CPU.</summary>
    public int MaxPerCore { get; init; } = 32768;

    /// <summary><c>--conntrack-min</c>: entries at least, however few the CPUs; needs <see cref="MaxPerCore"/>.</summary>
    public int Min { get; init; } = 131072;

    /// <summary><c>--conntrack-tcp-timeout-established</c>.</summary>
    public TimeSpan TcpEstablishedTimeout { get; init; } = TimeSpan.FromHours(24);

    /// <summary><c>--conntrack-tcp-timeout-close-wait</c>.</summary>
    public TimeSpan TcpCloseWaitTimeout { get; init; } = TimeSpan.FromHours(1);

    /// <summary><c>--conntrack-tcp-be-liberal</c>: packets outside the window are not called invalid.</summary>
    public bool TcpBeLiberal { get; init; }

    /// <summary><c>--conntrack-udp-timeout</c>: of flows that were not answered.</summary>
    public TimeSpan UdpTimeout { get; init; }

    /// <summary><c>--conntrack-udp-timeout-stream</c>: of flows that were.</summary>
    public TimeSpan UdpStreamTimeout { get; init; }
}
