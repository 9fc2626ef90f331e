using Microsoft.Extensions.Logging;

namespace Shunt.Proxy.Kubernetes;

/// <summary>What the Kubernetes client reports. The wordings are those of kube-proxy and its client library where they have one.</summary>
internal static partial class Log
{
    [LoggerMessage(3200, LogLevel.Debug, "Caches populated")]
    public static partial void Listed(ILogger logger, string resource, int count, string resourceVersion);

    [LoggerMessage(3201, LogLevel.Error, "An object cannot be used; the last good version of it stays in force")]
    public static partial void ObjectUnreadable(ILogger logger, string err, string resource, string name);

    [LoggerMessage(3202, LogLevel.Information, "The server cannot stream lists; listing in pages")]
    public static partial void WatchListUnsupported(ILogger logger, string resource, string reason);

    [LoggerMessage(3203, LogLevel.Information, "Listing anew")]
    public static partial void Expired(ILogger logger, string resource, string reason);

    [LoggerMessage(3204, LogLevel.Information, "The server does not know the resource; going on without")]
    public static partial void ResourceUnknown(ILogger logger, string resource);

    [LoggerMessage(3205, LogLevel.Error, "Failed to watch")]
    public static partial void AccessRefused(ILogger logger, string err, string resource, TimeSpan retryingTime);

    [LoggerMessage(3206, LogLevel.Warning, "Failed to watch")]
    public static partial void RequestFailed(ILogger logger, string err, string resource, TimeSpan retryingTime);

    [LoggerMessage(3207, LogLevel.Warning, "The watch is silent past its end; connecting anew")]
    public static partial void WatchSilent(ILogger logger, string resource);

    [LoggerMessage(3208, LogLevel.Debug, "The watch ended")]
    public static partial void WatchEnded(ILogger logger, string resource, string resourceVersion);

    [LoggerMessage(3209, LogLevel.Debug, "An event that is no news was dropped")]
    public static partial void OldEventDropped(ILogger logger, string resource, string name);

    [LoggerMessage(3210, LogLevel.Information, "Watching the cluster")]
    public static partial void Connecting(ILogger logger, Uri server, string node);

    [LoggerMessage(3211, LogLevel.Information, "Starting {Controller} controller")]
    public static partial void Starting(ILogger logger, string controller);

    [LoggerMessage(3212, LogLevel.Information, "Waiting for caches to sync")]
    public static partial void WaitingForList(ILogger logger, string controller);

    [LoggerMessage(3213, LogLevel.Information, "Caches are synced")]
    public static partial void FirstListed(ILogger logger, string controller);

    [LoggerMessage(3220, LogLevel.Information, "Neither kubeconfig file nor master URL was specified, falling back to in-cluster config")]
    public static partial void InCluster(ILogger logger);

    [LoggerMessage(3221, LogLevel.Information, "Certificates have been renewed; new connections use them")]
    public static partial void CertificatesRenewed(ILogger logger);

    [LoggerMessage(3222, LogLevel.Warning, "Renewed certificates cannot be used; those in use stay, and the files are read again later")]
    public static partial void CertificatesUnusable(ILogger logger, string err);
}
