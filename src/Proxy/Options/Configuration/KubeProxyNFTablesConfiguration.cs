namespace Shunt.Proxy.Options.Configuration;

/// <summary>The section <c>nftables</c>.</summary>
internal sealed record KubeProxyNFTablesConfiguration
{
    /// <summary><c>masqueradeBit</c>; null when not set.</summary>
    public int? MasqueradeBit { get; init; }

    /// <summary><c>masqueradeAll</c>.</summary>
    public bool MasqueradeAll { get; init; }

    /// <summary><c>syncPeriod</c>; zero when not set.</summary>
    public TimeSpan SyncPeriod { get; init; }

    /// <summary><c>minSyncPeriod</c>; zero when not set.</summary>
    public TimeSpan MinSyncPeriod { get; init; }
}
