using System.Collections.Immutable;
using Microsoft.Extensions.Logging.Abstractions;
using Shunt.Backends.Nftables;
using Shunt.Model;
using Shunt.Proxy.State;

namespace Shunt.Bench;

/// <summary>A cluster of ClusterIP Services with as many endpoints as asked for, and the events that change it a little.</summary>
internal sealed class SizedCluster
{
    private const int ServicesPerNamespace = 1_000;

    private static readonly string[] Namespaces = [.. Enumerable.Range(0, 100).Select(static i => $"namespace-{i:D2}")];

    private readonly int _services;
    private readonly ClusterState _state = new(Node.Name, NullLogger.Instance);
    private readonly SnapshotBuilder _builder;

    /// <param name="services">How many Services there are.</param>
    /// <param name="endpoints">How many endpoints a Service has, by its number.</param>
    public SizedCluster(int services, Func<int, int> endpoints)
    {
        _services = services;
        EndpointsOf = endpoints;
        _builder = new SnapshotBuilder(IpFamily.IPv4, _state);
        for (var i = 0; i < services; i++) Take(Everything(i));
        Snapshot = Build();
    }

    /// <summary>The node the rules are for.</summary>
    public static NodeInfo Node { get; } = new() { Name = "node-1", Zone = "zone-a", IPv4 = IpAddr.Parse("198.51.100.2") };

    /// <summary>The usual settings.</summary>
    public static NftablesOptions Options { get; } = new() { Family = IpFamily.IPv4, Detector = LocalDetector.ByCidr(IpPrefix.Parse("10.128.0.0/9")) };

    /// <summary>How many endpoints a Service has, by its number.</summary>
    public Func<int, int> EndpointsOf { get; }

    /// <summary>The snapshot built last.</summary>
    public DesiredState Snapshot { get; private set; }

    /// <summary>The cluster IP of a Service.</summary>
    public static IpAddr ClusterIp(int service) => IpAddr.FromV4(0x0A60_0000u + (uint)service);

    /// <summary>
    /// The name of a Service. The order of names is that of numbers, so that the first, by its number, is the first in a list of rules too, and
    /// the last the last. The decoder shares the strings of namespaces, so this does too.
    /// </summary>
    public static ObjectKey KeyOf(int service) => new(Namespaces[service / ServicesPerNamespace], $"service-{service:D5}");

    /// <summary>An endpoint's address; the second version is the one that replaces it.</summary>
    public IpAddr Address(int service, int endpoint, bool second = false) =>
        IpAddr.FromV4((second ? 0x0AC0_0000u : 0x0A80_0000u) + (uint)(service * (EndpointsOf(0) + 50) + endpoint));

    /// <summary>The events of a change.</summary>
    /// <param name="change">Of which kind.</param>
    /// <param name="number">The how manieth of the kind it is; Services are changed in turn, and those that are removed were added.</param>
    public ImmutableArray<WatchEvent> Events(ClusterChange change, int number)
    {
        var service = ServiceOf(number);
        var added = _services + number;
        return change switch
        {
            ClusterChange.EndpointReplaced => [new WatchEvent.Changed(Slice(service, EndpointsOf(service), second: true))],
            ClusterChange.EndpointAdded => [new WatchEvent.Changed(Slice(service, EndpointsOf(service) + 1))],
            ClusterChange.EndpointRemoved => [new WatchEvent.Changed(Slice(service, EndpointsOf(service)))],
            ClusterChange.ServiceAdded => Everything(added),
            _ => [
                new WatchEvent.Deleted(ObjectKind.Service, KeyOf(added)),
                new WatchEvent.Deleted(ObjectKind.EndpointSlice, SliceKeyOf(added))],
        };
    }

    /// <summary>The Service whose endpoints a change concerns: they are all over the cluster.</summary>
    public int ServiceOf(int number) => (int)((long)number * 7919 % _services);

    /// <summary>Takes events in.</summary>
    public void Take(ImmutableArray<WatchEvent> events)
    {
        foreach (var one in events) _state.Apply(one);
    }

    /// <summary>Makes a snapshot.</summary>
    public DesiredState Build() => Snapshot = _builder.Build(Node, NodePortAddresses.Everywhere);

    /// <summary>The snapshot is in force.</summary>
    public void Commit() => _builder.Commit(Snapshot, []);

    private ImmutableArray<WatchEvent> Everything(int i) => [new WatchEvent.Changed(Service(i)), new WatchEvent.Changed(Slice(i, EndpointsOf(i)))];

    private static ServiceObject Service(int i) => new()
    {
        Key = KeyOf(i),
        ClusterIps = [ClusterIp(i)],
        Ports = [new ServicePortSpec("http", Protocol.Tcp, 80, 0)],
    };

    private EndpointSliceObject Slice(int i, int count, bool second = false) => new()
    {
        Key = SliceKeyOf(i),
        ServiceName = KeyOf(i).Name,
        AddressType = IpFamily.IPv4,
        Ports = [new EndpointPortSpec("http", Protocol.Tcp, 8080)],
        Endpoints = [.. Enumerable.Range(0, count).Select(e => new EndpointSpec(Address(i, e, second && e == count / 2))
        {
            Ready = true,
            Serving = true,
            NodeName = "node-2",
        })],
    };

    private static ObjectKey SliceKeyOf(int i) => new(KeyOf(i).Namespace, $"{KeyOf(i).Name}-x7k2p");
}
