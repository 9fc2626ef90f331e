using Microsoft.Extensions.Logging;
using Shunt.Backends.Iptables;
using Shunt.Model;
using Shunt.Proxy.Options;

namespace Shunt.Proxy.Modes;

/// <summary>What is said while a mode's dataplanes are made, and others' rules removed. The wordings are kube-proxy's where it has one.</summary>
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

    [LoggerMessage(3020, LogLevel.Information, "No nftables support for family")]
    public static partial void NftablesUnusable(ILogger logger, IpFamily ipFamily, string reason);

    [LoggerMessage(3021, LogLevel.Error, "--nodeport-addresses includes localhost but localhost NodePorts are not supported")]
    public static partial void LocalhostNotSupported(ILogger logger, IpFamily ipFamily);

    [LoggerMessage(3022, LogLevel.Warning, "Changes that others make to our rules cannot be watched; they are looked for from time to time instead")]
    public static partial void NotWatched(ILogger logger, string err);

    [LoggerMessage(3023, LogLevel.Information, "Removed an nftables table")]
    public static partial void TableRemoved(ILogger logger, IpFamily ipFamily, string table);

    [LoggerMessage(3024, LogLevel.Error, "Error cleaning up nftables rules")]
    public static partial void NftablesCleanupFailed(ILogger logger, Exception exception, IpFamily ipFamily, string table);

    [LoggerMessage(3025, LogLevel.Error, "Error cleaning up iptables rules")]
    public static partial void IptablesCleanupFailed(ILogger logger, Exception exception, IpFamily ipFamily, IptablesVariant variant);

    [LoggerMessage(3026, LogLevel.Warning, "Rules cannot be written to the kernel directly, so iptables-restore writes them")]
    public static partial void FallingBack(ILogger logger, IpFamily ipFamily, string err);
}
