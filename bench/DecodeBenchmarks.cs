using BenchmarkDotNet.Attributes;
using Shunt.Proxy.Sources.Decoding;
using Shunt.Proxy.State;
using Shunt.Testing.Kubernetes;

namespace Shunt.Bench;

/// <summary>From an API server's answer to the fields the agent uses. Megabytes a second are the size of the list over the mean.</summary>
[MemoryDiagnoser]
public class DecodeBenchmarks
{
    private readonly ObjectDecoder _decoder = ObjectDecoder.For(ObjectKind.EndpointSlice);
    private readonly ObjectDecoder _services = ObjectDecoder.For(ObjectKind.Service);
    private byte[] _sliceList = [];
    private byte[] _serviceList = [];

    /// <summary>How many objects the list has.</summary>
    [Params(10_000)]
    public int Objects { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _sliceList = ApiServerShapedJson.EndpointSliceList(Objects, 10);
        _serviceList = ApiServerShapedJson.ServiceList(Objects);
        Console.WriteLine($"// EndpointSlices: {_sliceList.Length / 1e6:F1} MB; Services: {_serviceList.Length / 1e6:F1} MB");
    }

    [Benchmark]
    public int EndpointSlices() => Decode(_sliceList, _decoder);

    [Benchmark]
    public int Services() => Decode(_serviceList, _services);

    private static int Decode(byte[] json, ObjectDecoder decoder)
    {
        var items = new List<Decoded>();
        ListPage.Decode(json, decoder, items);
        return items.Count;
    }
}
