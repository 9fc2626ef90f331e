using System.Runtime;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using Shunt.Proxy.Cli;
using Shunt.Proxy.Logging;
using Shunt.Proxy.Options;

namespace Shunt.Proxy;

/// <summary>The first lines of the log: what runs, and on what.</summary>
internal static class StartupReport
{
    /// <summary>Says them; from <c>-v=2</c> on also all flags, given or not, as <c>FLAG: --name="value"</c>.</summary>
    public static void Write(ILogger logger, ShuntOptions options)
    {
        if (options.IsModeDefault) Log.DefaultMode(logger);
        Log.VersionInfo(logger, VersionText.Line);
        var memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        Log.RuntimeSettings(logger, RuntimeInformation.FrameworkDescription, Environment.ProcessorCount, GCSettings.IsServerGC, memory);
        if (!logger.IsEnabled(LogLevel.Debug)) return;
        foreach (var (name, value) in options.Flags) Log.Flag(logger, $"FLAG: --{name}={GoQuoting.Quote(value)}");
    }
}
