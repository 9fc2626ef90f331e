using Microsoft.Extensions.Logging;

namespace Shunt.Proxy.State;

/// <summary>What the state of the cluster has to say.</summary>
internal static partial class Log
{
    [LoggerMessage(3300, LogLevel.Warning, "{Kind} {Key} has problems; what is named is ignored, the rest is served: {Problems}")]
    public static partial void ObjectHasProblems(ILogger logger, ObjectKind kind, ObjectKey key, string problems);

    [LoggerMessage(3301, LogLevel.Warning, "Services {Key} and {Other} both claim {Claim}; which of them gets the traffic is not defined")]
    public static partial void ServicesConflict(ILogger logger, ObjectKey key, ObjectKey other, AddressClaim claim);

    [LoggerMessage(3302, LogLevel.Warning, "Service {Key} has externalTrafficPolicy Local but no healthCheckNodePort: its load balancer cannot ask which nodes have endpoints")]
    public static partial void NoHealthCheckNodePort(ILogger logger, ObjectKey key);

    [LoggerMessage(3303, LogLevel.Debug, "EndpointSlice {Key} belongs to no Service, or is of an address type that is not served: it is ignored")]
    public static partial void SliceIgnored(ILogger logger, ObjectKey key);
}
