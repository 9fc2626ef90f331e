using Microsoft.Extensions.Logging;

namespace Shunt.Proxy.State;

/// <summary>What the state of the cluster has to say.</summary>
internal static partial class Log
{
    [LoggerMessage(3300, LogLevel.Warning, "An object has problems; what is named is ignored, the rest is served")]
    public static partial void ObjectHasProblems(ILogger logger, ObjectKind kind, ObjectKey name, int count, IReadOnlyList<string> problems);

    [LoggerMessage(3301, LogLevel.Warning, "Two services claim the same; which of them gets the traffic is not defined")]
    public static partial void ServicesConflict(ILogger logger, ObjectKey service, ObjectKey other, AddressClaim claim);

    [LoggerMessage(3302, LogLevel.Error, "Service has no healthcheck nodeport")]
    public static partial void NoHealthCheckNodePort(ILogger logger, ObjectKey service);

    [LoggerMessage(3303, LogLevel.Debug, "Ignoring an EndpointSlice that belongs to no Service, or is of an address type that is not served")]
    public static partial void SliceIgnored(ILogger logger, ObjectKey endpointSlice);

    [LoggerMessage(3304, LogLevel.Information, "Node is being deleted")]
    public static partial void NodeDeleted(ILogger logger, ObjectKey node);
}
