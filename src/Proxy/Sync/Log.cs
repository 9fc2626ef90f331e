using Microsoft.Extensions.Logging;
using Shunt.Model;

namespace Shunt.Proxy.Sync;

/// <summary>What is said about syncing. The wordings are kube-proxy's where it has one.</summary>
internal static partial class Log
{
    [LoggerMessage(3400, LogLevel.Information, "Using {Mode} Proxier")]
    public static partial void UsingProxier(ILogger logger, string mode);

    [LoggerMessage(3401, LogLevel.Information, "kube-proxy running in dual-stack mode")]
    public static partial void DualStack(ILogger logger, IpFamily primary_ipFamily);

    [LoggerMessage(3402, LogLevel.Information, "kube-proxy running in single-stack mode")]
    public static partial void SingleStack(ILogger logger, IpFamily ipFamily);

    [LoggerMessage(3403, LogLevel.Error, "Sync failed")]
    public static partial void SyncFailed(ILogger logger, Exception exception, IpFamily ipFamily, string retryingTime);

    [LoggerMessage(3404, LogLevel.Debug, "SyncProxyRules complete", SkipEnabledCheck = true)]
    public static partial void SyncComplete(
        ILogger logger, IpFamily ipFamily, string elapsed, int numServices, int numEndpoints, int numChanged, long bytesSent);

    [LoggerMessage(3405, LogLevel.Information, "Reloading after {Mode} flush")]
    public static partial void Reloading(ILogger logger, string mode, IpFamily ipFamily);

    [LoggerMessage(3406, LogLevel.Warning, "Somebody else changed rules of ours; repairing them")]
    public static partial void Drifted(ILogger logger, string mode, IpFamily ipFamily, int numChanged);

    [LoggerMessage(3407, LogLevel.Warning,
        "The kernel refuses service ports, which stay as they were and are tried again later; all others are served")]
    public static partial void ServicePortsRefused(ILogger logger, IpFamily ipFamily, int count, string portNames, string reason);

    [LoggerMessage(3408, LogLevel.Information, "The kernel accepts a service port after all")]
    public static partial void ServicePortAccepted(ILogger logger, IpFamily ipFamily, ServicePortName portName);

    [LoggerMessage(3409, LogLevel.Error, "Gave up after failed syncs")]
    public static partial void GaveUp(ILogger logger, int attempts, IpFamily ipFamily);

    [LoggerMessage(3410, LogLevel.Error, "Gave up: the state of the cluster did not come in time")]
    public static partial void NoClusterState(ILogger logger, string timeout);

    [LoggerMessage(3411, LogLevel.Information, "The kernel is as desired")]
    public static partial void InSync(ILogger logger, int numRefused);

    [LoggerMessage(3412, LogLevel.Information, "Waiting for the node's pod networks")]
    public static partial void WaitingForPodCidrs(ILogger logger, string node);

    [LoggerMessage(
        3450, LogLevel.Warning,
        "Stale UDP and SCTP flows are left to time out, because connection tracking cannot be read or changed from here: it takes CAP_NET_ADMIN, and a "
        + "kernel with ctnetlink")]
    public static partial void FlowCleanupImpossible(ILogger logger, string reason);

    [LoggerMessage(3451, LogLevel.Information, "Stale flows are looked for again later")]
    public static partial void FlowCleanupPutOff(ILogger logger, IpFamily ipFamily, string retryingTime);

    [LoggerMessage(3452, LogLevel.Error, "Failed to read this node's addresses, by which flows to node ports are told")]
    public static partial void NoNodeAddresses(ILogger logger, Exception exception, IpFamily ipFamily);
}
