using System.Collections.Immutable;
using Microsoft.Extensions.Logging.Abstractions;
using Shunt.Backends.Iptables;
using Shunt.Model;
using Shunt.Proxy.State;

namespace Shunt.Bench;

/// <summary>A cluster of ClusterIP Services with ten endpoints each, and the events that change one endpoint of one of them.</summary>
internal sealed class BenchCluster
{
    private const int EndpointsPerService = 10;
    private const int ChangedServices = 64;

    private static readonly string[] Namespaces = [.. Enumerable.Range(0, 50).Select(static i => $"namespace-{i}")];

    private readonly ImmutableArray<WatchEvent> _changes;
    private int _next;

    /// <summary>A cluster whose snapshot is committed.</summary>
    public BenchCluster(int services)
    {
        State = new ClusterState(Node.Name, NullLogger.Instance);
        Builder = new SnapshotBuilder(IpFamily.IPv4, State);
        for (var i = 0; i < services; i++)
        {
            State.Apply(new WatchEvent.Changed(Service(i)));
            State.Apply(new WatchEvent.Changed(Slice(i, other: false)));
        }

        // One endpoint of each of some Services, all over the cluster, goes to another address and, next time round, back.
        var spread = Math.Max(1, services / ChangedServices);
        _changes = [.. Enumerable.Range(0, 2 * ChangedServices)
            .Select(k => new WatchEvent.Changed(Slice(k % ChangedServices * spread % services, other: k < ChangedServices)))];
        Snapshot = Commit();
    }

    /// <summary>The node the rules are for.</summary>
    public static NodeInfo Node { get; } = new() { Name = "node-1", Zone = "zone-a", IPv4 = IpAddr.Parse("198.51.100.2") };

    /// <summary>The usual settings.</summary>
    public static IptablesOptions Options { get; } = new()
    {
        Family = IpFamily.IPv4,
        Detector = LocalDetector.ByCidr(IpPrefix.Parse("10.244.0.0/14")),
        LocalhostNodePorts = true,
    };

    /// <summary>The cluster.</summary>
    public ClusterState State { get; }

    /// <summary>Makes its snapshots.</summary>
    public SnapshotBuilder Builder { get; }

    /// <summary>The snapshot committed last.</summary>
    public DesiredState Snapshot { get; private set; }

    /// <summary>The next event.</summary>
    public WatchEvent NextChange() => _changes[_next++ % _changes.Length];

    /// <summary>Takes in an event and makes a snapshot of it.</summary>
    public DesiredState Take(WatchEvent change)
    {
        State.Apply(change);
        return Builder.Build(Node, NodePortAddresses.Everywhere);
    }

    /// <summary>Takes in and commits all changes, one after the other. The last leads back to where the first came from.</summary>
    public ImmutableArray<DesiredState> TakeAllChanges() => [.. Enumerable.Range(0, _changes.Length).Select(_ => Commit(Take(NextChange())))];

    /// <summary>Commits a snapshot, or one made now.</summary>
    public DesiredState Commit(DesiredState? built = null)
    {
        built ??= Builder.Build(Node, NodePortAddresses.Everywhere);
        Builder.Commit(built, []);
        return Snapshot = built;
    }

    private static ServiceObject Service(int i) => new()
    {
        Key = KeyOf(i),
        ClusterIps = [IpAddr.FromV4(0x0A60_0000u + (uint)i)],
        Ports = [new ServicePortSpec("http", Protocol.Tcp, 80, 0)],
    };

    private static EndpointSliceObject Slice(int i, bool other) => new()
    {
        Key = new ObjectKey(KeyOf(i).Namespace, $"{KeyOf(i).Name}-x7k2p"),
        ServiceName = KeyOf(i).Name,
        AddressType = IpFamily.IPv4,
        Ports = [new EndpointPortSpec("http", Protocol.Tcp, 8080)],
        Endpoints = [.. Enumerable.Range(0, EndpointsPerService).Select(e => new EndpointSpec(Address(i, e, other))
        {
            Ready = true,
            Serving = true,
            NodeName = $"node-{e}",
        })],
    };

    // The decoder shares the strings of namespaces, so this does too.
    private static ObjectKey KeyOf(int i) => new(Namespaces[i % Namespaces.Length], $"service-{i}");

    private static IpAddr Address(int service, int endpoint, bool other) =>
        IpAddr.FromV4((other && endpoint == 3 ? 0x0AF7_0000u : 0x0AF4_0000u) + (uint)(service * EndpointsPerService + endpoint));
}
