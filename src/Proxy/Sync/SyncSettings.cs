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

    /// <summary>The shortest time between two repairs that changes by somebody else are the reason for: who fights must not make the agent spin.</summary>
    public TimeSpan MinRepairPeriod => MinSyncPeriod > TimeSpan.FromSeconds(1) ? MinSyncPeriod : TimeSpan.FromSeconds(1);

    /// <summary>With <c>--once</c>: how long to wait for the cluster's state.</summary>
    public TimeSpan ListTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// The node's object may come later than the cluster's state: an API server has it when the kubelet has registered. False where the source
    /// is complete, as files are; then what is missing stays missing.
    /// </summary>
    public bool WaitsForNode { get; init; }

    /// <summary>Rules cannot be made before the node has pod networks, and a change of them ends the agent (NodeCIDR detection).</summary>
    public bool NeedsPodCidrs { get; init; }

    /// <summary>As the options say.</summary>
    public static SyncSettings Of(ShuntOptions options) => new()
    {
        MinSyncPeriod = options.MinSyncPeriod,
        SyncPeriod = options.SyncPeriod,
        WaitsForNode = options.From.Length == 0,
        NeedsPodCidrs = options.DetectLocalMode == DetectLocalMode.NodeCidr,
    };
}
