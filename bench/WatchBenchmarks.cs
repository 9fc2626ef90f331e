using BenchmarkDotNet.Attributes;
using Shunt.Backends.Iptables;

namespace Shunt.Bench;

/// <summary>The whole way of a change: from a decoded watch event to the finished transaction, ready to be sent.</summary>
[MemoryDiagnoser]
public class WatchBenchmarks
{
    private readonly IptablesCompiler _compiler = new(BenchCluster.Options);
    private readonly IptablesDiffer _differ = new();
    private BenchCluster _cluster = null!;
    private IptablesProgram _program = IptablesProgram.Nothing;

    /// <summary>How many Services there are, with ten endpoints each.</summary>
    [Params(100, 1_000, 10_000)]
    public int Services { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _cluster = new BenchCluster(Services);
        _program = _compiler.Compile(_cluster.Snapshot);
    }

    /// <summary>One endpoint of one Service, another Service each time.</summary>
    [Benchmark]
    public IptablesDelta EventToDelta()
    {
        var snapshot = _cluster.Take(_cluster.NextChange());
        var next = _compiler.Compile(snapshot, _program);
        var delta = _differ.Diff(_program, next, snapshot.Delta.Changed.AsSpan());
        _program = next;
        _cluster.Commit(snapshot);
        return delta;
    }
}
