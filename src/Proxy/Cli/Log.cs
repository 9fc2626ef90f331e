using Microsoft.Extensions.Logging;

namespace Shunt.Proxy.Cli;

/// <summary>What is said of the command line before anything runs.</summary>
internal static partial class Log
{
    [LoggerMessage(3700, LogLevel.Warning, "{Warning}")]
    public static partial void Setting(ILogger logger, string warning);

    [LoggerMessage(3701, LogLevel.Warning, "These settings have no effect here")]
    public static partial void SettingsWithoutEffect(ILogger logger, IReadOnlyList<string> settings);

    [LoggerMessage(3702, LogLevel.Information, "Wrote configuration")]
    public static partial void WroteConfiguration(ILogger logger, string file);
}
