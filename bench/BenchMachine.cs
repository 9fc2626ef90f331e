using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Shunt.Testing;

namespace Shunt.Bench;

/// <summary>The machine figures were taken on.</summary>
internal static class BenchMachine
{
    private static readonly (string Program, string Argument)[] Tools =
        [("iptables-nft", "--version"), ("iptables-legacy", "--version"), ("nft", "--version")];

    /// <summary>Its processors, kernel and runtime, in one line.</summary>
    public static string Describe() => $"{Processors()}, Linux {Environment.OSVersion.Version}, {RuntimeInformation.FrameworkDescription}";

    /// <summary>More of it, in one line: memory, distribution, tools, date, and how busy it is.</summary>
    public static async Task<string> DescribeFullyAsync()
    {
        var memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (double)(1 << 30);
        var kernel = File.ReadAllText("/proc/sys/kernel/osrelease").Trim();
        var load = File.ReadAllText("/proc/loadavg").Split(' ')[0];
        var tools = new List<string>();
        foreach (var (program, argument) in Tools)
        {
            if (CommandRunner.Find(program) is null) continue;
            tools.Add((await CommandRunner.RunAsync(program, [argument], null, CancellationToken.None)).Output.Trim());
        }

        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Processors()}, {memory:F0} GiB of memory, {Distribution()}, Linux {kernel}, {RuntimeInformation.FrameworkDescription}, "
            + $"{string.Join(", ", tools)}; on {TimeProvider.System.GetUtcNow():yyyy-MM-dd}, with a load of {load} before it began");
    }

    /// <summary>How long it takes to start a program, feed it and wait for its end, when it does nothing.</summary>
    public static async Task<TimeSpan> ProgramStartAsync()
    {
        var times = new SampledTimes();
        for (var round = 0; round < 40; round++)
        {
            var start = Stopwatch.GetTimestamp();
            await CommandRunner.RunAsync("cat", [], "", CancellationToken.None);
            times.Add(Stopwatch.GetElapsedTime(start));
        }

        return TimeSpan.FromMilliseconds(times.Median);
    }

    private static string Processors()
    {
        var processor = File.ReadLines("/proc/cpuinfo").FirstOrDefault(static line => line.StartsWith("model name", StringComparison.Ordinal));
        var model = processor is null ? "an unnamed processor" : processor[(processor.IndexOf(':') + 1)..].Trim();
        return $"{Environment.ProcessorCount} x {model}";
    }

    private static string Distribution()
    {
        const string Key = "PRETTY_NAME=";
        var line = File.Exists("/etc/os-release") ? File.ReadLines("/etc/os-release").FirstOrDefault(static line => line.StartsWith(Key, StringComparison.Ordinal)) : null;
        return line is null ? "an unnamed distribution" : line[Key.Length..].Trim('"');
    }
}
