using System.Net;
using Microsoft.Extensions.Logging;
using Shunt.Model;
using Shunt.Proxy.State;

namespace Shunt.Proxy.Health;

/// <summary>What is said about health checks. The beginnings are kube-proxy's.</summary>
internal static partial class Log
{
    [LoggerMessage(3850, LogLevel.Debug, "Opening healthcheck service=\"{Service}\" port={Port} ipFamily=\"{IpFamily}\"")]
    public static partial void Opening(ILogger logger, ObjectKey service, ushort port, IpFamily ipFamily);

    [LoggerMessage(3851, LogLevel.Debug, "Closing healthcheck service=\"{Service}\" port={Port} ipFamily=\"{IpFamily}\"")]
    public static partial void Closing(ILogger logger, ObjectKey service, ushort port, IpFamily ipFamily);

    [LoggerMessage(
        3852, LogLevel.Error,
        "Failed to start healthcheck err=\"{Error}\" node=\"{Node}\" service=\"{Service}\" port={Port} retryingTime=\"{RetryingTime}\"")]
    public static partial void FailedToStart(ILogger logger, string error, string node, ObjectKey service, ushort port, string retryingTime);

    [LoggerMessage(3853, LogLevel.Error, "Received request for closed healthcheck service=\"{Service}\"")]
    public static partial void RequestForClosedHealthCheck(ILogger logger, ObjectKey service);

    [LoggerMessage(3854, LogLevel.Warning, "Cannot accept connections to a healthcheck, trying again address=\"{Address}\"")]
    public static partial void CannotAccept(ILogger logger, Exception exception, IPEndPoint address);
}
