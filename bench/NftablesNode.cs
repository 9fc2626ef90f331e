using System.Diagnostics;
using Shunt.Backends;
using Shunt.Backends.Nftables;
using Shunt.Model;
using Shunt.Testing.Network;

namespace Shunt.Bench;

/// <summary>A cluster's Services in the kernel's nf_tables, in a network namespace.</summary>
internal sealed class NftablesNode : IDisposable
{
    private readonly ScratchNamespace _at;
    private readonly SizedCluster _cluster;
    private readonly NftablesKernel _kernel;
    private Dataplane<NftablesProgram, NftablesDelta> _dataplane;

    /// <param name="at">The namespace.</param>
    /// <param name="cluster">The cluster.</param>
    public NftablesNode(ScratchNamespace at, SizedCluster cluster)
    {
        _at = at;
        _cluster = cluster;
        _kernel = at.Net.Run(static () => new NftablesKernel(IpFamily.IPv4));
        _dataplane = NewDataplane();
    }

    /// <summary>Loads everything into a kernel in which there is nothing: what a start does, its look at the kernel included.</summary>
    /// <returns>How long it took, and the processor time of the process in it.</returns>
    public async Task<(TimeSpan Wall, TimeSpan Cpu)> LoadAsync()
    {
        _dataplane = NewDataplane();
        GC.Collect();
        var cpu = Environment.CpuUsage.TotalTime;
        var start = Stopwatch.GetTimestamp();
        await ApplyAsync();
        var wall = Stopwatch.GetElapsedTime(start);
        cpu = Environment.CpuUsage.TotalTime - cpu;
        _cluster.Commit();
        return (wall, cpu);
    }

    /// <summary>Changes something.</summary>
    /// <returns>How long it took from the watch event, and from the snapshot with its delta, until the kernel had said yes.</returns>
    public async Task<(TimeSpan FromEvent, TimeSpan FromDelta)> ChangeAsync(ClusterChange change, int number)
    {
        var events = _cluster.Events(change, number);
        var start = Stopwatch.GetTimestamp();
        _cluster.Take(events);
        _cluster.Build();
        var built = Stopwatch.GetTimestamp();
        await ApplyAsync();
        var end = Stopwatch.GetTimestamp();
        _cluster.Commit();

        // The agent's changes come a second apart; here the next one comes at once, and would wait for what this one deletes later.
        await _dataplane.IsIntactAsync(CancellationToken.None);
        return (Stopwatch.GetElapsedTime(start, end), Stopwatch.GetElapsedTime(built, end));
    }

    /// <summary>Removes the table; the kernel goes on freeing its memory a while.</summary>
    public async Task ClearAsync()
    {
        _at.Net.Run(() => _kernel.CleanupAsync(CancellationToken.None).AsTask().GetAwaiter().GetResult()); // it opens a socket of its own
        _cluster.Build(); // a snapshot of everything again
        await Task.Delay(TimeSpan.FromMilliseconds(300));
    }

    /// <inheritdoc/>
    public void Dispose() => _kernel.Dispose();

    private async Task ApplyAsync()
    {
        var plan = await _dataplane.PlanAsync(_cluster.Snapshot, CancellationToken.None);
        var result = await plan.ApplyAsync(CancellationToken.None);
        if (plan.IsEmpty) throw new InvalidOperationException("nothing had to change: it is not measured what is thought to be");
        if (!result.Refused.IsEmpty) throw new InvalidOperationException($"the kernel refused {result.Refused[0]}");
    }

    private static Dataplane<NftablesProgram, NftablesDelta> NewDataplane(NftablesKernel kernel) => new(
        "nftables", IpFamily.IPv4, new NftablesCompiler(SizedCluster.Options), new NftablesDiffer(IpFamily.IPv4), kernel);

    private Dataplane<NftablesProgram, NftablesDelta> NewDataplane() => NewDataplane(_kernel);
}
