using System.Runtime;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using Shunt.Proxy.Cli;
using Shunt.Proxy.Options;

namespace Shunt.Proxy;

/// <summary>The first lines of the log: what runs, and on what.</summary>
internal static class StartupReport
{
    /// <summary>Says them, in kube-proxy's order.</summary>
    public static void Write(ILogger logger, ShuntOptions options)
    {
        if (options.Configuration.Mode.Length == 0) Log.DefaultMode(logger);
        Log.VersionInfo(logger, VersionText.Line);
        var memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        Log.RuntimeSettings(logger, RuntimeInformation.FrameworkDescription, Environment.ProcessorCount, GCSettings.IsServerGC, memory);
    }

    /// <summary>Says what flags were given or are by default, one to a line, as <c>FLAG: --name="value"</c>.</summary>
    /// <param name="logger">Where to; nothing is said below <c>-v=2</c>.</param>
    /// <param name="flags">The flags with their dashes, and their values.</param>
    public static void WriteFlags(ILogger logger, IEnumerable<(string Name, string Value)> flags)
    {
        if (!logger.IsEnabled(LogLevel.Debug)) return;
        foreach (var (name, value) in flags) Log.Flag(logger, $"FLAG: {name}={Logging.GoQuoting.Quote(value)}");
    }
}
