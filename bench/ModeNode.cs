using System.Diagnostics;
using Shunt.Backends;
using Shunt.Testing.Network;

namespace Shunt.Bench;

/// <summary>A cluster's Services in the kernel, in some mode, in a network namespace.</summary>
internal sealed class ModeNode : IDisposable
{
    private readonly SizedCluster _cluster;
    private IDataplane _dataplane;

    /// <param name="at">The namespace.</param>
    /// <param name="cluster">The cluster; nobody else may change it.</param>
    /// <param name="mode">The mode.</param>
    public ModeNode(ScratchNamespace at, SizedCluster cluster, BenchMode mode)
    {
        _cluster = cluster;
        Mode = mode.Open(at);
        _dataplane = Mode.NewDataplane();
    }

    /// <summary>The mode.</summary>
    public IOpenMode Mode { get; }

    /// <summary>Loads everything into a kernel in which there is nothing: what a start does, its look at the kernel included.</summary>
    /// <returns>How long it took, and the processor time of the process in it.</returns>
    public async Task<(TimeSpan Wall, TimeSpan Cpu)> LoadAsync()
    {
        _dataplane = Mode.NewDataplane();
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

    /// <summary>Removes everything; the kernel goes on freeing its memory a while.</summary>
    public async Task ClearAsync()
    {
        Mode.Clear();
        _cluster.Build(); // a snapshot of everything again
        await Task.Delay(TimeSpan.FromMilliseconds(300));
    }

    /// <inheritdoc/>
    public void Dispose() => Mode.Dispose();

    private async Task ApplyAsync()
    {
        var plan = await _dataplane.PlanAsync(_cluster.Snapshot, CancellationToken.None);
        var result = await plan.ApplyAsync(CancellationToken.None);
        if (plan.IsEmpty) throw new InvalidOperationException("nothing had to change: it is not measured what is thought to be");
        if (!result.Refused.IsEmpty) throw new InvalidOperationException($"the kernel refused {result.Refused[0]}");
    }
}
