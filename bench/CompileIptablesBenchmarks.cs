using System.Buffers;
using BenchmarkDotNet.Attributes;
using Shunt.Backends.Iptables;
using Shunt.Model;

namespace Shunt.Bench;

/// <summary>From a snapshot to rules.</summary>
[MemoryDiagnoser]
public class CompileIptablesBenchmarks
{
    private readonly IptablesCompiler _compiler = new(BenchCluster.Options);
    private readonly ArrayBufferWriter<byte> _text = new();
    private IptablesProgram _program = IptablesProgram.Nothing;
    private DesiredState _changed = null!;

    /// <summary>How many Services there are, with ten endpoints each.</summary>
    [Params(100, 1_000, 10_000)]
    public int Services { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var cluster = new BenchCluster(Services);
        _program = _compiler.Compile(cluster.Snapshot);
        _changed = cluster.Take(cluster.NextChange());
        FullToText();
    }

    /// <summary>Everything, to the input of iptables-restore.</summary>
    [Benchmark]
    public int FullToText()
    {
        _text.ResetWrittenCount();
        IptablesText.WriteProgram(_compiler.Compile(_changed), _text);
        return _text.WrittenCount;
    }

    /// <summary>One endpoint of one Service.</summary>
    [Benchmark]
    public IptablesProgram OneEndpointChanged() => _compiler.Compile(_changed, _program);
}
