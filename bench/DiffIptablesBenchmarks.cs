using BenchmarkDotNet.Attributes;
using Shunt.Backends.Iptables;
using Shunt.Model;

namespace Shunt.Bench;

/// <summary>From two programs to what must change.</summary>
[MemoryDiagnoser]
public class DiffIptablesBenchmarks
{
    private readonly IptablesDiffer _differ = new();
    private IptablesProgram _before = IptablesProgram.Nothing;
    private IptablesProgram _after = IptablesProgram.Nothing;
    private DesiredState _changed = null!;

    /// <summary>How many Services there are, with ten endpoints each.</summary>
    [Params(100, 1_000, 10_000)]
    public int Services { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var compiler = new IptablesCompiler(BenchCluster.Options);
        var cluster = new BenchCluster(Services);
        _before = compiler.Compile(cluster.Snapshot);
        _changed = cluster.Take(cluster.NextChange());
        _after = compiler.Compile(_changed, _before);
    }

    /// <summary>Everything, with one endpoint changed: what a restart does after it has read the kernel.</summary>
    [Benchmark]
    public IptablesDelta Full() => _differ.Diff(_before, _after);

    /// <summary>One endpoint of one Service, known to be the only change.</summary>
    [Benchmark]
    public IptablesDelta OneEndpointChanged() => _differ.Diff(_before, _after, _changed.Delta.Changed.AsSpan());
}
