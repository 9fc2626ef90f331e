using System.Net;
using Microsoft.Extensions.Logging;

namespace Shunt.Proxy;

/// <summary>What is said while the agent is put together. The wordings are kube-proxy's where it has one.</summary>
internal static partial class Log
{
    [LoggerMessage(3010, LogLevel.Information, "Version info")]
    public static partial void VersionInfo(ILogger logger, string version);

    [LoggerMessage(3011, LogLevel.Information, "Runtime settings")]
    public static partial void RuntimeSettings(ILogger logger, string runtime, int processors, bool serverGC, long memoryLimit);

    [LoggerMessage(3012, LogLevel.Information, "Using iptables proxy")]
    public static partial void DefaultMode(ILogger logger);

    [LoggerMessage(3013, LogLevel.Error, "Error running ProxyServer")]
    public static partial void RunFailed(ILogger logger, Exception exception);

    [LoggerMessage(3014, LogLevel.Information, "System initialized and --init-only specified")]
    public static partial void InitOnly(ILogger logger);

    [LoggerMessage(3016, LogLevel.Error, "{Server} server failed")]
    public static partial void ServerFailed(ILogger logger, Exception exception, string server, IPEndPoint address);

    [LoggerMessage(3015, LogLevel.Debug, "{Line}")]
    public static partial void Flag(ILogger logger, string line);
}
