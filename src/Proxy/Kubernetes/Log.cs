using Microsoft.Extensions.Logging;

namespace Shunt.Proxy.Kubernetes;

/// <summary>What the Kubernetes client reports.</summary>
internal static partial class Log
{
    [LoggerMessage(3200, LogLevel.Information, "{Resource}: {Count} listed at resourceVersion {ResourceVersion}.")]
    public static partial void Listed(ILogger logger, string resource, int count, string resourceVersion);

    [LoggerMessage(3201, LogLevel.Error, "{Resource} {Name} cannot be used: {Error}. The last good version of it stays in force.")]
    public static partial void ObjectUnreadable(ILogger logger, string resource, string name, string error);

    [LoggerMessage(3202, LogLevel.Information, "{Resource}: the server cannot stream lists ({Reason}); listing in pages.")]
    public static partial void WatchListUnsupported(ILogger logger, string resource, string reason);

    [LoggerMessage(3203, LogLevel.Information, "{Resource}: {Reason}; listing anew.")]
    public static partial void Expired(ILogger logger, string resource, string reason);

    [LoggerMessage(3204, LogLevel.Information, "The server does not know {Resource}; going on without.")]
    public static partial void ResourceUnknown(ILogger logger, string resource);

    [LoggerMessage(3205, LogLevel.Error, "{Resource}: access refused, next try in {Delay}: {Reason}")]
    public static partial void AccessRefused(ILogger logger, string resource, TimeSpan delay, string reason);

    [LoggerMessage(3206, LogLevel.Warning, "{Resource}: request failed, next try in {Delay}: {Reason}")]
    public static partial void RequestFailed(ILogger logger, string resource, TimeSpan delay, string reason);

    [LoggerMessage(3207, LogLevel.Warning, "{Resource}: the watch is silent past its end; connecting anew.")]
    public static partial void WatchSilent(ILogger logger, string resource);

    [LoggerMessage(3208, LogLevel.Debug, "{Resource}: the watch ended at resourceVersion {ResourceVersion}.")]
    public static partial void WatchEnded(ILogger logger, string resource, string resourceVersion);

    [LoggerMessage(3209, LogLevel.Debug, "{Resource} {Name}: an event that is no news was dropped.")]
    public static partial void OldEventDropped(ILogger logger, string resource, string name);

    [LoggerMessage(3210, LogLevel.Information, "Watching {Server} as node {Node}.")]
    public static partial void Connecting(ILogger logger, Uri server, string node);
}
