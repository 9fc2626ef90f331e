using Microsoft.Extensions.Logging;
using Shunt.Model;
using Shunt.Netlink;

namespace Shunt.Backends.Conntrack;

/// <summary>What is said about tracked flows. The wordings are kube-proxy's.</summary>
internal static partial class Log
{
    [LoggerMessage(2200, LogLevel.Trace, "Started to reconcile conntrack entries")]
    public static partial void Started(ILogger logger, IpFamily ipFamily);

    [LoggerMessage(2201, LogLevel.Trace, "Finished reconciling conntrack entries")]
    public static partial void Finished(ILogger logger, IpFamily ipFamily, int entriesSeen, int entriesDeleted);

    [LoggerMessage(2202, LogLevel.Error, "Failed to list conntrack entries")]
    public static partial void ListFailed(ILogger logger, Exception exception, IpFamily ipFamily);

    [LoggerMessage(2203, LogLevel.Error, "Failed to clear all conntrack entries")]
    public static partial void DeleteFailed(ILogger logger, NetlinkErrno err, IpFamily ipFamily, int entriesDeleted);

    [LoggerMessage(2204, LogLevel.Debug, "received a partial result, continuing to clean with partial result")]
    public static partial void Partial(ILogger logger, IpFamily ipFamily);

    [LoggerMessage(2205, LogLevel.Trace, "Deleting conntrack entry", SkipEnabledCheck = true)]
    public static partial void Deleting(ILogger logger, IpFamily ipFamily, string entry);
}
