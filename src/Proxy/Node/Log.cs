using Microsoft.Extensions.Logging;
using Shunt.Model;

namespace Shunt.Proxy.Node;

/// <summary>What is said about the node. The wordings are kube-proxy's.</summary>
internal static partial class Log
{
    [LoggerMessage(3500, LogLevel.Information, "Set sysctl")]
    public static partial void SysctlSet(ILogger logger, string entry, int value);

    [LoggerMessage(3501, LogLevel.Information, "No kernel support for family")]
    public static partial void NoKernelSupport(ILogger logger, IpFamily ipFamily);

    [LoggerMessage(3502, LogLevel.Information, "Kernel support disabled for family")]
    public static partial void KernelSupportDisabled(ILogger logger, IpFamily ipFamily);

    [LoggerMessage(3510, LogLevel.Warning, "Failed to apply OOMScore")]
    public static partial void OomScoreNotApplied(ILogger logger, string err, int oomScoreAdj);

    [LoggerMessage(3511, LogLevel.Warning, "Changes of this machine's addresses cannot be watched; they are looked at from time to time instead")]
    public static partial void AddressesNotWatched(ILogger logger, string err, TimeSpan interval);

    [LoggerMessage(3512, LogLevel.Information, "Changes of this machine's addresses are watched again")]
    public static partial void AddressesWatched(ILogger logger);

    [LoggerMessage(3513, LogLevel.Warning, "This machine's addresses cannot be read; those that are known stay")]
    public static partial void AddressesUnknown(ILogger logger, string err);

    [LoggerMessage(3514, LogLevel.Debug, "This machine's addresses changed")]
    public static partial void AddressesChanged(ILogger logger, int count);

    [LoggerMessage(3520, LogLevel.Information, "Setting nf_conntrack_max")]
    public static partial void SettingConntrackMax(ILogger logger, int nfConntrackMax);

    [LoggerMessage(3521, LogLevel.Information, "Setting conntrack hashsize")]
    public static partial void SettingConntrackHashSize(ILogger logger, int conntrackHashsize);

    [LoggerMessage(3522, LogLevel.Warning, "nf_conntrack_max stays as it is, which is enough")]
    public static partial void ConntrackMaxStays(ILogger logger, string reason, int nfConntrackMax);
}
