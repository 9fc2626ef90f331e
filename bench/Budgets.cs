using System.Globalization;
using System.Text.Json;

namespace Shunt.Bench;

/// <summary>
/// Holds the figures in <c>budgets.json</c> against what operations allocate. Time is noisy and allocation is not, so this is what continuous
/// integration checks.
/// </summary>
internal static class Budgets
{
    private const int Operations = 512;

    /// <summary>Measures every operation that has a budget.</summary>
    /// <returns>0 when all keep it, 1 when one does not or is not known.</returns>
    public static int Check(TextWriter output)
    {
        using var budgets = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "budgets.json")));
        var failed = 0;
        foreach (var budget in budgets.RootElement.EnumerateObject())
        {
            var allowed = budget.Value.GetInt64();
            var used = Measure(budget.Name);
            if (used > allowed) failed = 1;
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{(used > allowed ? "OVER" : "ok  ")} {budget.Name}: {used} of {allowed} bytes"));
        }

        return failed;
    }

    /// <summary>The bytes one operation allocates.</summary>
    private static long Measure(string name)
    {
        var operation = Operation(name);
        for (var i = 0; i < Operations; i++) operation();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Operations; i++) operation();
        return (GC.GetAllocatedBytesForCurrentThread() - before) / Operations;
    }

    /// <summary>An operation as <c>Class.Method(services)</c>.</summary>
    private static Action Operation(string name)
    {
        var parts = name.Split('.', '(', ')');
        var services = int.Parse(parts[2], CultureInfo.InvariantCulture);
        switch (parts[0])
        {
            case nameof(WatchBenchmarks):
                var watch = new WatchBenchmarks { Services = services };
                watch.Setup();
                return () => watch.EventToDelta();
            case nameof(CompileIptablesBenchmarks):
                var compile = new CompileIptablesBenchmarks { Services = services };
                compile.Setup();
                return () => compile.OneEndpointChanged();
            case nameof(DiffIptablesBenchmarks):
                var diff = new DiffIptablesBenchmarks { Services = services };
                diff.Setup();
                return () => diff.OneEndpointChanged();
            case nameof(CompileNftablesBenchmarks):
                var compileNftables = new CompileNftablesBenchmarks { Services = services };
                compileNftables.Setup();
                return () => compileNftables.OneEndpointChanged();
            case nameof(DiffNftablesBenchmarks):
                var diffNftables = new DiffNftablesBenchmarks { Services = services };
                diffNftables.Setup();
                return () => diffNftables.OneEndpointChanged();
            case nameof(MetricsBenchmarks):
                var metrics = new MetricsBenchmarks { Services = services };
                metrics.Setup();
                return parts[1] == nameof(MetricsBenchmarks.Scrape) ? () => metrics.Scrape() : metrics.OneSyncObserved;
            default:
                throw new InvalidOperationException($"budgets.json: {name} is not an operation of this program");
        }
    }
}
