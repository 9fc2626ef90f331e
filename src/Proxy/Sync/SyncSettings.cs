using Shunt.Proxy.Options;

namespace Shunt.Proxy.Sync;

/// <summary>How often things happen.</summary>
internal sealed record SyncSettings
{
    /// <summary>The shortest time from the end of one sync to the start of the next.</summary>
    public TimeSpan MinSyncPeriod { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How often to look whether the rules are in place, and the longest wait before a failed sync is tried again.</summary>
    public TimeSpan SyncPeriod { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How often the kernel is read back and compared with what it should be.</summary>
    public TimeSpan VerifyPeriod { get; init; } = TimeSpan.FromHours(1);

    /// <summary>With <c>--once</c>: how long to wait for the cluster's state.</summary>
    public TimeSpan ListTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The first sync must wait until the node has pod networks, and a change of them ends the agent (NodeCIDR detection).</summary>
    public bool NeedsPodCidrs { get; init; }

    /// <summary>As the options say.</summary>
    public static SyncSettings Of(ShuntOptions options) => new()
    {
        MinSyncPeriod = options.MinSyncPeriod,
        SyncPeriod = options.SyncPeriod,
        NeedsPodCidrs = options.DetectLocalMode == DetectLocalMode.NodeCidr,
    };
}
