using System.Net;
using Microsoft.Extensions.Logging;
using Shunt.Backends.Iptables;
using Shunt.Model;
using Shunt.Proxy.Options;

namespace Shunt.Proxy;

/// <summary>What is said while the agent is put together. The wordings are kube-proxy's where it has one.</summary>
internal static partial class Log
{
    [LoggerMessage(3000, LogLevel.Information, "Using iptables variant")]
    public static partial void UsingVariant(ILogger logger, IptablesVariant variant, IptablesVariantChoice choice);

    [LoggerMessage(3001, LogLevel.Information, "No iptables support for family")]
    public static partial void FamilyUnusable(ILogger logger, IpFamily ipFamily, IptablesVariant variant);

    [LoggerMessage(3002, LogLevel.Error, "Kube-proxy configuration may be incomplete or incorrect")]
    public static partial void Incomplete(ILogger logger, string err);

    [LoggerMessage(3003, LogLevel.Information, "Detect-local-mode set to ClusterCIDR, but no cluster CIDR specified for primary IP family")]
    public static partial void NoClusterCidr(ILogger logger, IpFamily ipFamily, IReadOnlyList<IpPrefix> clusterCIDRs);

    [LoggerMessage(3004, LogLevel.Information,
        "Setting route_localnet=1 to allow node-ports on localhost; to change this either disable iptables.localhostNodePorts (--iptables-localhost-nodeports) or set nodePortAddresses (--nodeport-addresses) to filter loopback addresses")]
    public static partial void RouteLocalnet(ILogger logger, IpFamily ipFamily);

    [LoggerMessage(3005, LogLevel.Information, "nf_conntrack_tcp_be_liberal set, not installing DROP rules for INVALID packets")]
    public static partial void TcpLiberal(ILogger logger, IpFamily ipFamily);

    [LoggerMessage(3006, LogLevel.Error, "--nodeport-addresses includes localhost but localhost NodePorts are not supported on IPv6")]
    public static partial void LoopbackNotSupported(ILogger logger, IpFamily ipFamily);

    [LoggerMessage(3007, LogLevel.Error, "--nodeport-addresses includes localhost but --iptables-localhost-nodeports=false was passed")]
    public static partial void LoopbackDisabled(ILogger logger, IpFamily ipFamily);

    [LoggerMessage(3008, LogLevel.Information, "Detect-local-mode set to NodeCIDR, but no PodCIDR defined at node for primary IP family")]
    public static partial void NoPodCidr(ILogger logger, IpFamily ipFamily, IReadOnlyList<IpPrefix> podCIDRs);

    [LoggerMessage(3009, LogLevel.Information, "Defaulting to no-op detect-local")]
    public static partial void NoLocalDetector(ILogger logger);

    [LoggerMessage(3010, LogLevel.Information, "Version info")]
    public static partial void VersionInfo(ILogger logger, string version);

    [LoggerMessage(3011, LogLevel.Information, "Runtime settings")]
    public static partial void RuntimeSettings(ILogger logger, string runtime, int processors, bool serverGC, long memoryLimit);

    [LoggerMessage(3012, LogLevel.Information, "Using iptables proxy")]
    public static partial void DefaultMode(ILogger logger);

    [LoggerMessage(3013, LogLevel.Error, "Error running ProxyServer")]
    public static partial void RunFailed(ILogger logger, Exception exception);

    [LoggerMessage(3014, LogLevel.Information, "System initialized and --init-only specified")]
    public static partial void InitOnly(ILogger logger);

    [LoggerMessage(3016, LogLevel.Error, "{Server} server failed")]
    public static partial void ServerFailed(ILogger logger, Exception exception, string server, IPEndPoint address);

    [LoggerMessage(3015, LogLevel.Debug, "{Line}")]
    public static partial void Flag(ILogger logger, string line);
}
