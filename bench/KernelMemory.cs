using System.Globalization;
using Shunt.Testing.Network;

namespace Shunt.Bench;

/// <summary>What the table of 10,000 Services with two endpoints each takes in the kernel.</summary>
internal static class KernelMemory
{
    private const int Services = 10_000;
    private const int Endpoints = 2;
    private const double GoalMiB = 5;

    private static readonly string[] Fields = ["Slab:", "VmallocUsed:", "Percpu:"];

    /// <summary>Loads the table and removes it, again and again. Others use the kernel's memory too, so it takes the figure in the middle.</summary>
    public static async Task<NftablesResult> WeighAsync(int rounds)
    {
        var cluster = new SizedCluster(Services, static _ => Endpoints);
        var differences = new SampledTimes();
        for (var round = 0; round < rounds; round++)
        {
            await using var at = await ScratchNamespace.CreateAsync("memory", CancellationToken.None);
            using var node = new ModeNode(at, cluster, BenchMode.Nftables);
            var before = await SettledAsync();
            await node.LoadAsync();
            var loaded = await SettledAsync();
            await node.ClearAsync();
            differences.Add(loaded - before);
            differences.Add(loaded - await SettledAsync());
        }

        return new NftablesResult("kernel memory", Services, Endpoints)
        {
            Ours = differences.Median,
            Median = differences.Median,
            Best = differences.Best,
            IsMemory = true,
            Goal = "< 5 MiB",
            GoalMet = differences.Median < GoalMiB,
        };
    }

    /// <summary>What is used when nothing is waiting to be freed any more.</summary>
    private static async Task<double> SettledAsync()
    {
        await Task.Delay(TimeSpan.FromSeconds(1));
        var lines = File.ReadAllLines("/proc/meminfo");
        return Fields.Sum(field => MiB(lines.First(line => line.StartsWith(field, StringComparison.Ordinal))));
    }

    private static double MiB(string line) =>
        long.Parse(line[(line.IndexOf(':') + 1)..^"kB".Length].Trim(), CultureInfo.InvariantCulture) / 1024.0;
}
