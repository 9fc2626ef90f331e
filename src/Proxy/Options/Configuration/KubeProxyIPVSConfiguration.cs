using System.Collections.Immutable;

namespace Shunt.Proxy.Options.Configuration;

/// <summary>The section <c>ipvs</c>.</summary>
internal sealed record KubeProxyIPVSConfiguration
{
    /// <summary><c>syncPeriod</c>; zero when not set.</summary>
    public TimeSpan SyncPeriod { get; init; }

    /// <summary><c>minSyncPeriod</c>.</summary>
    public TimeSpan MinSyncPeriod { get; init; }

    /// <summary><c>scheduler</c>; empty for round robin.</summary>
    public string Scheduler { get; init; } = "";

    /// <summary><c>excludeCIDRs</c>: virtual servers in these networks are left alone; default (null in the file) when not set.</summary>
    public ImmutableArray<string> ExcludeCIDRs { get; init; }

    /// <summary><c>strictARP</c>.</summary>
    public bool StrictARP { get; init; }

    /// <summary><c>tcpTimeout</c>; zero leaves the kernel's.</summary>
    public TimeSpan TcpTimeout { get; init; }

    /// <summary><c>tcpFinTimeout</c>; zero leaves the kernel's.</summary>
    public TimeSpan TcpFinTimeout { get; init; }

    /// <summary><c>udpTimeout</c>; zero leaves the kernel's.</summary>
    public TimeSpan UdpTimeout { get; init; }
}
