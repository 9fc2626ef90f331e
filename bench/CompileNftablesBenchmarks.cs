using System.Collections.Immutable;
using BenchmarkDotNet.Attributes;
using Shunt.Backends.Nftables;
using Shunt.Model;

namespace Shunt.Bench;

/// <summary>From a snapshot to the elements of a table.</summary>
[MemoryDiagnoser]
public class CompileNftablesBenchmarks
{
    private readonly NftablesCompiler _compiler = new(SizedCluster.Options);
    private NftablesProgram _program = NftablesProgram.Nothing;
    private ImmutableArray<DesiredState> _changes = [];
    private int _next;

    /// <summary>How many Services there are, with ten endpoints each.</summary>
    [Params(100, 1_000, 10_000)]
    public int Services { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var cluster = new BenchCluster(Services);
        _program = _compiler.Compile(cluster.Snapshot);
        _changes = cluster.TakeAllChanges();
    }

    /// <summary>Everything.</summary>
    [Benchmark]
    public NftablesProgram Full() => _compiler.Compile(_changes[0]);

    /// <summary>One endpoint of one Service, program after program as the agent has them: what an older one has must be made anew.</summary>
    [Benchmark]
    public NftablesProgram OneEndpointChanged() => _program = _compiler.Compile(_changes[_next++ % _changes.Length], _program);
}
