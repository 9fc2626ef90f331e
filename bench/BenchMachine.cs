using System.Runtime.InteropServices;

namespace Shunt.Bench;

/// <summary>The machine figures were taken on.</summary>
internal static class BenchMachine
{
    /// <summary>Its processors, kernel and runtime, in one line.</summary>
    public static string Describe()
    {
        var processor = File.ReadLines("/proc/cpuinfo").FirstOrDefault(static line => line.StartsWith("model name", StringComparison.Ordinal));
        var model = processor is null ? "an unnamed processor" : processor[(processor.IndexOf(':') + 1)..].Trim();
        return $"{Environment.ProcessorCount} x {model}, Linux {Environment.OSVersion.Version}, {RuntimeInformation.FrameworkDescription}";
    }
}
