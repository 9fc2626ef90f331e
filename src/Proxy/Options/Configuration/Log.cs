using Microsoft.Extensions.Logging;

namespace Shunt.Proxy.Options.Configuration;

/// <summary>What is said of the configuration file while the agent runs.</summary>
internal static partial class Log
{
    [LoggerMessage(3600, LogLevel.Debug, "The configuration file cannot be read now")]
    public static partial void ConfigurationUnreadable(ILogger logger, string err);

    [LoggerMessage(3601, LogLevel.Error, "The new content of the configuration file cannot be used; the agent goes on with what it has")]
    public static partial void ConfigurationRefused(ILogger logger, string err, string file);

    [LoggerMessage(3602, LogLevel.Information, "The configuration file has other content but comes to the same configuration; the agent goes on")]
    public static partial void ConfigurationSame(ILogger logger, string file);
}
