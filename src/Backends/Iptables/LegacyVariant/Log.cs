using Microsoft.Extensions.Logging;

namespace Shunt.Backends.Iptables.LegacyVariant;

/// <summary>What is said about x_tables.</summary>
internal static partial class Log
{
    [LoggerMessage(2300, LogLevel.Warning, "Waiting for the xtables lock")]
    public static partial void WaitingForLock(ILogger logger, string file, string holder);

    [LoggerMessage(2301, LogLevel.Debug, "Reading a table that others may have changed")]
    public static partial void ReadingTable(ILogger logger, string table);

    [LoggerMessage(2302, LogLevel.Debug, "A table was changed without the xtables lock, trying again")]
    public static partial void Overtaken(ILogger logger, string table);
}
