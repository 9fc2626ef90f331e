using Microsoft.Extensions.Logging;
using Shunt.Proxy.State;

namespace Shunt.Proxy.Sources;

/// <summary>What the sources of cluster state report.</summary>
internal static partial class Log
{
    [LoggerMessage(3100, LogLevel.Error, "An object cannot be used; the last good version of it stays in force")]
    public static partial void ObjectUnreadable(ILogger logger, string err, ObjectKind kind, string name, string at);

    [LoggerMessage(3101, LogLevel.Error, "A file cannot be used; the last good state of it stays in force")]
    public static partial void ManifestUnreadable(ILogger logger, string err);

    [LoggerMessage(3102, LogLevel.Warning, "An object is there twice: the last one counts")]
    public static partial void ManifestDuplicate(ILogger logger, ObjectKind kind, string name, string first, string last);

    [LoggerMessage(3103, LogLevel.Debug, "Objects of other kinds ignored")]
    public static partial void ManifestKindsIgnored(ILogger logger, string file, int count);

    [LoggerMessage(3104, LogLevel.Information, "Files changed")]
    public static partial void ManifestsReloaded(ILogger logger, string path, int changed, int deleted);

    [LoggerMessage(3105, LogLevel.Warning, "The files cannot be watched; they are looked at from time to time instead")]
    public static partial void ManifestsNotWatched(ILogger logger, string err, string path, TimeSpan interval);

    [LoggerMessage(3106, LogLevel.Information, "Files read")]
    public static partial void ManifestsListed(ILogger logger, string path, int count);
}
