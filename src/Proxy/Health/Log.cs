using System.Net;
using Microsoft.Extensions.Logging;
using Shunt.Model;
using Shunt.Proxy.State;

namespace Shunt.Proxy.Health;

/// <summary>What is said about health checks. The wordings are kube-proxy's where it has one.</summary>
internal static partial class Log
{
    [LoggerMessage(3850, LogLevel.Debug, "Opening healthcheck")]
    public static partial void Opening(ILogger logger, ObjectKey service, ushort port, IpFamily ipFamily);

    [LoggerMessage(3851, LogLevel.Debug, "Closing healthcheck")]
    public static partial void Closing(ILogger logger, ObjectKey service, ushort port, IpFamily ipFamily);

    [LoggerMessage(3852, LogLevel.Error, "Failed to start healthcheck")]
    public static partial void FailedToStart(ILogger logger, string err, string node, ObjectKey service, ushort port, string retryingTime);

    [LoggerMessage(3853, LogLevel.Error, "Received request for closed healthcheck")]
    public static partial void RequestForClosedHealthCheck(ILogger logger, ObjectKey service);

    [LoggerMessage(3854, LogLevel.Warning, "Cannot accept connections to a healthcheck, trying again")]
    public static partial void CannotAccept(ILogger logger, Exception exception, IPEndPoint address);
}
