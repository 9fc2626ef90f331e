using Microsoft.Extensions.Logging;
using Shunt.Proxy.Options.Configuration;

namespace Shunt.Proxy.Cli;

/// <summary>What is said of the command line before anything runs.</summary>
internal static partial class Log
{
    [LoggerMessage(3700, LogLevel.Warning, ConfigurationWarning.Lenient)]
    public static partial void LenientDecoding(ILogger logger, string err, string file);

    [LoggerMessage(3701, LogLevel.Warning, ConfigurationWarning.Ignored)]
    public static partial void FlagsIgnored(ILogger logger, string flags, string file);

    [LoggerMessage(3702, LogLevel.Warning, "{Sentence}")]
    public static partial void FlagDeprecated(ILogger logger, string sentence);

    [LoggerMessage(3703, LogLevel.Warning, "These settings have no effect here")]
    public static partial void SettingsWithoutEffect(ILogger logger, IReadOnlyList<string> settings);

    [LoggerMessage(3704, LogLevel.Information, "Wrote configuration")]
    public static partial void WroteConfiguration(ILogger logger, string file);
}
