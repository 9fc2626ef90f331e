using BenchmarkDotNet.Attributes;
using Shunt.Backends.Nftables;
using Shunt.Model;

namespace Shunt.Bench;

/// <summary>From two programs to what must change.</summary>
[MemoryDiagnoser]
public class DiffNftablesBenchmarks
{
    private readonly NftablesDiffer _differ = new(IpFamily.IPv4);
    private NftablesProgram _before = NftablesProgram.Nothing;
    private NftablesProgram _after = NftablesProgram.Nothing;
    private DesiredState _changed = null!;

    /// <summary>How many Services there are, with ten endpoints each.</summary>
    [Params(100, 1_000, 10_000)]
    public int Services { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var compiler = new NftablesCompiler(SizedCluster.Options);
        var cluster = new BenchCluster(Services);
        _before = compiler.Compile(cluster.Snapshot);
        _changed = cluster.Take(cluster.NextChange());
        _after = compiler.Compile(_changed, _before);
    }

    /// <summary>Everything, with one endpoint changed.</summary>
    [Benchmark]
    public NftablesDelta Full() => _differ.Diff(_before, _after);

    /// <summary>One endpoint of one Service, known to be the only change.</summary>
    [Benchmark]
    public NftablesDelta OneEndpointChanged() => _differ.Diff(_before, _after, _changed.Delta.Changed.AsSpan());
}
