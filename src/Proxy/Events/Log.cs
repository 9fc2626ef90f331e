using Microsoft.Extensions.Logging;

namespace Shunt.Proxy.Events;

/// <summary>What is said about events.</summary>
internal static partial class Log
{
    [LoggerMessage(3800, LogLevel.Warning, "The API server does not take events; the agent goes on without, and says so once only")]
    public static partial void EventsRefused(ILogger logger, string err, string reason);

    [LoggerMessage(3801, LogLevel.Warning, "Unable to write events; they are dropped until the API server answers again")]
    public static partial void EventNotSent(ILogger logger, string err, string reason);
}
