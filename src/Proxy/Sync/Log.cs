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
    public static partial void Drifted(ILogger logger, string mode, IpFamily ipFamily, int numChanged, string changes);

    [LoggerMessage(3419, LogLevel.Warning, "Somebody else changed rules of ours; repairing them")]
    public static partial void DriftedBy(
        ILogger logger, string mode, IpFamily ipFamily, int numChanged, string changes, string process, int pid, string what);

    [LoggerMessage(3420, LogLevel.Debug, "Somebody else changed rules of ours; they are as they should be")]
    public static partial void HarmlessChange(ILogger logger, string mode, IpFamily ipFamily, string process, int pid, string what);

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

    [LoggerMessage(3430, LogLevel.Information, "Waiting for the node to exist and to be assigned IPs")]
    public static partial void WaitingForNode(ILogger logger, string node);

    [LoggerMessage(3431, LogLevel.Error, "Timed out waiting for node to exist")]
    public static partial void NodeMissing(ILogger logger, string node);

    [LoggerMessage(3432, LogLevel.Error, "Timed out waiting for node to be assigned IPs")]
    public static partial void NodeWithoutIps(ILogger logger, string node);

    [LoggerMessage(3433, LogLevel.Information, "Successfully retrieved NodeIPs")]
    public static partial void NodeIps(ILogger logger, IReadOnlyList<IpAddr> nodeIPs);

    [LoggerMessage(3434, LogLevel.Information,
        "Can't determine this node's IP, assuming loopback; if this is incorrect, please set the --bind-address flag")]
    public static partial void AssumingLoopback(ILogger logger);

    [LoggerMessage(3435, LogLevel.Information, "PodCIDRs changed for the node")]
    public static partial void PodCidrsChanged(
        ILogger logger, string node, IReadOnlyList<IpPrefix> newPodCIDRs, IReadOnlyList<IpPrefix> oldPodCIDRs);

    [LoggerMessage(3436, LogLevel.Information, "NodeIPs changed for the node")]
    public static partial void NodeIpsChanged(ILogger logger, string node, IReadOnlyList<IpAddr> newNodeIPs, IReadOnlyList<IpAddr> oldNodeIPs);

    [LoggerMessage(3413, LogLevel.Debug, "Reloading service {Mode} data")]
    public static partial void ReloadingData(
        ILogger logger, string mode, IpFamily ipFamily, bool fullSync, int numServices, int numEndpoints, int numFilterRules, int numNATRules);

    [LoggerMessage(3414, LogLevel.Trace, "Adding new service port")]
    public static partial void AddingServicePort(ILogger logger, IpFamily ipFamily, ServicePortName portName, string servicePort);

    [LoggerMessage(3415, LogLevel.Trace, "Updating existing service port")]
    public static partial void UpdatingServicePort(ILogger logger, IpFamily ipFamily, ServicePortName portName, string servicePort);

    [LoggerMessage(3416, LogLevel.Trace, "Removing service port")]
    public static partial void RemovingServicePort(ILogger logger, IpFamily ipFamily, ServicePortName portName);

    [LoggerMessage(3417, LogLevel.Trace, "Setting endpoints for service port name")]
    public static partial void SettingEndpoints(ILogger logger, IpFamily ipFamily, ServicePortName portName, IReadOnlyList<string> endpoints);

    [LoggerMessage(3418, LogLevel.Trace, "Network programming")]
    public static partial void NetworkProgramming(ILogger logger, IpFamily ipFamily, TimeSpan elapsed);
}
