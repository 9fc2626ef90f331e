namespace Shunt.Proxy.Options.Configuration;

/// <summary>The section <c>iptables</c>.</summary>
internal sealed record KubeProxyIPTablesConfiguration
{
    /// <summary><c>masqueradeBit</c>: which bit of the packet mark says "masquerade"; null when not set.</summary>
    public int? MasqueradeBit { get; init; }

    /// <summary><c>masqueradeAll</c>.</summary>
    public bool MasqueradeAll { get; init; }

    /// <summary><c>localhostNodePorts</c>: node ports answer at 127.0.0.1 too; null when not set.</summary>
    public bool? LocalhostNodePorts { get; init; }

    /// <summary><c>syncPeriod</c>; zero when not set.</summary>
    public TimeSpan SyncPeriod { get; init; }

    /// <summary><c>minSyncPeriod</c>; zero when not set.</summary>
    public TimeSpan MinSyncPeriod { get; init; }
}
