using System.Diagnostics;
using Shunt.Backends;
using Shunt.Netlink;

namespace Shunt.Bench;

/// <summary>
/// The project's promise, measured: every mode that this machine supports, on its own kernel in network namespaces, beside the tool that people
/// would use otherwise, in turn with it.
/// </summary>
internal static class ModesRun
{
    /// <summary>Runs everything the command line asks for and writes the report.</summary>
    /// <returns>0, or 1 when nothing can be measured here.</returns>
    public static async Task<int> RunAsync(string[] args, TextWriter output)
    {
        var options = ModesRunOptions.Parse(args);
        var start = Stopwatch.GetTimestamp();
        var machine = await BenchMachine.DescribeFullyAsync();
        await output.WriteLineAsync(machine);
        var report = new ModesReport(options, machine) { ProgramStart = await BenchMachine.ProgramStartAsync() };
        var able = new List<BenchMode>();
        foreach (var mode in options.Modes)
        {
            if (await WhyNotAsync(options, mode) is { } reason) report.Skip(mode, reason);
            else able.Add(mode);
        }

        foreach (var skipped in report.Skipped) await output.WriteLineAsync(skipped);
        if (able.Count == 0) return 1;
        await output.WriteLineAsync(ModesReport.Head);
        foreach (var size in options.Sizes)
        {
            foreach (var mode in able)
            {
                await foreach (var result in ModesSizeRun.MeasureAsync(options, mode, size)) await output.WriteLineAsync(report.Add(result));
            }

            report.Took = Stopwatch.GetElapsedTime(start);
            await report.WriteAsync(); // size by size: it takes long, and may be stopped
        }

        await output.WriteLineAsync();
        await output.WriteLineAsync(report.Summary());
        await output.WriteLineAsync($"{options.Directory}: bench.md, bench.json, bench.svg");
        return 0;
    }

    /// <summary>Tries it. What does not work here says why.</summary>
    private static async Task<string?> WhyNotAsync(ModesRunOptions options, BenchMode mode)
    {
        if (mode.WhyNot() is { } reason) return reason;
        try
        {
            await ModesSizeRun.WarmUpAsync(options, mode);
            return null;
        }
        catch (Exception e) when (e is KernelException or NetlinkException or InvalidOperationException or NotSupportedException)
        {
            return e.Message;
        }
    }
}
