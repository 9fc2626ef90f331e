using Microsoft.Extensions.Logging;
using Shunt.Proxy.State;

namespace Shunt.Proxy.Sources;

/// <summary>What the sources of cluster state report.</summary>
internal static partial class Log
{
    [LoggerMessage(3100, LogLevel.Error, "{Kind} {Name} cannot be used ({Where}): {Error}. The last good version of it stays in force.")]
    public static partial void ObjectUnreadable(ILogger logger, ObjectKind kind, string name, string where, string error);

    [LoggerMessage(3101, LogLevel.Error, "{Error}. The last good state of that file stays in force.")]
    public static partial void ManifestUnreadable(ILogger logger, string error);

    [LoggerMessage(3102, LogLevel.Warning, "{Kind} {Name} is in {First} and again in {Last}: the last one counts.")]
    public static partial void ManifestDuplicate(ILogger logger, ObjectKind kind, string name, string first, string last);

    [LoggerMessage(3103, LogLevel.Debug, "{File}: {Count} objects of other kinds ignored.")]
    public static partial void ManifestKindsIgnored(ILogger logger, string file, int count);

    [LoggerMessage(3104, LogLevel.Information, "{Path}: {Changed} objects changed, {Deleted} gone.")]
    public static partial void ManifestsReloaded(ILogger logger, string path, int changed, int deleted);

    [LoggerMessage(3105, LogLevel.Warning, "{Path} cannot be watched ({Reason}): it is looked at every {Interval} instead.")]
    public static partial void ManifestsNotWatched(ILogger logger, string path, string reason, TimeSpan interval);

    [LoggerMessage(3106, LogLevel.Information, "{Path}: {Count} objects read.")]
    public static partial void ManifestsListed(ILogger logger, string path, int count);
}
