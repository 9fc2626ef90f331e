using System.Collections.Immutable;
using Shunt.Model;

namespace Shunt.Testing.Iptables;

/// <summary>Clusters of Service ports with every feature, made and changed at random, the same for the same seed.</summary>
public sealed class RandomCluster
{
    private static readonly NodeInfo Node = new() { Name = "node-1", Zone = "a", IPv4 = IpAddr.Parse("192.168.0.2"), IPv6 = IpAddr.Parse("2001:db8::1") };

    private readonly Random _random;
    private readonly IpFamily _family;
    private readonly SortedSet<ServicePortName> _changed = [];
    private ImmutableSortedDictionary<ServicePortName, ServiceEndpoints> _services = ImmutableSortedDictionary<ServicePortName, ServiceEndpoints>.Empty;
    private long _version;
    private long _committed;
    private NodePortAddresses _nodePorts = NodePortAddresses.Everywhere;
    private NodePortAddresses _committedNodePorts = NodePortAddresses.Everywhere;

    /// <summary>An empty cluster.</summary>
    public RandomCluster(int seed, IpFamily family)
    {
        _random = new Random(seed);
        _family = family;
    }

    /// <summary>So few addresses and ports that Services want the same ones.</summary>
    public bool IsCrowded { get; init; }

    /// <summary>How many endpoints a Service port has at most, less one.</summary>
    public int Endpoints { get; init; } = 12;

    /// <summary>How many Services there can be in each of the three namespaces; each has up to six ports.</summary>
    public int Services { get; init; } = 20;

    /// <summary>Everything is the answer to "what changed" until the first commit.</summary>
    public DesiredState Snapshot() => new()
    {
        Family = _family,
        Version = ++_version,
        Node = Node,
        NodePortAddresses = _nodePorts,
        Services = _services,
        EndpointCount = _services.Values.Sum(static s => s.Selection.Reachable.Length),
        Delta = new DesiredStateDelta { BaseVersion = _nodePorts.Equals(_committedNodePorts) ? _committed : 0, Changed = [.. _changed] },
    };

    /// <summary>A snapshot is in force.</summary>
    public void Commit(DesiredState state)
    {
        _committed = state.Version;
        _committedNodePorts = state.NodePortAddresses;
        _changed.Clear();
    }

    /// <summary>Adds, changes or removes some Service ports.</summary>
    public void Change(int count)
    {
        for (var i = 0; i < count; i++)
        {
            var name = new ServicePortName($"ns{_random.Next(3)}", $"svc-{_random.Next(Services)}", _random.Next(3) == 0 ? "" : "http", Pick(Protocol.Tcp, Protocol.Udp, Protocol.Sctp));
            _changed.Add(name);
            _services = _services.ContainsKey(name) && _random.Next(4) == 0 ? _services.Remove(name) : _services.SetItem(name, NewService(name));
        }
    }

    /// <summary>Serves node ports at other addresses: everywhere, nowhere, or at one or two.</summary>
    public void MoveNodePorts() => _nodePorts = _random.Next(3) == 0
        ? NodePortAddresses.Everywhere
        : new NodePortAddresses { Addresses = [.. Enumerable.Range(0, _random.Next(3)).Select(_ => Address(6, _random.Next(9))).Distinct().Order()] };

    private ServiceEndpoints NewService(ServicePortName name)
    {
        var port = new ServicePort
        {
            Name = name,
            ClusterIp = Address(1, _random.Next(Hosts)),
            Port = (ushort)_random.Next(1, IsCrowded ? 3 : 3000),
            NodePort = (ushort)(Maybe() ? _random.Next(30000, IsCrowded ? 30003 : 32768) : 0),
            Affinity = _random.Next(4) == 0 ? new SessionAffinity(true, _random.Next(1, 86400)) : default,
            ExternalIps = Addresses(IsCrowded ? 1 : 2),
            LoadBalancerVips = Addresses(IsCrowded ? 1 : 3),
            LoadBalancerSourceRanges = Maybe() ? [new IpPrefix(Address(4, _random.Next(1000)), 24), new IpPrefix(Node.Address(_family), 24)] : [],
            ExternalPolicyLocal = Maybe(),
            InternalPolicyLocal = Maybe(),
            HealthCheckNodePort = (ushort)(_random.Next(4) == 0 ? _random.Next(30000, 32768) : 0),
        };
        var endpoints = Enumerable.Range(0, _random.Next(Endpoints)).Select(_ => NewEndpoint()).DistinctBy(static e => (e.Address, e.Port)).ToList();
        endpoints.Sort(static (a, b) => Endpoint.CompareIds(a, b));
        return new ServiceEndpoints(port, EndpointSelector.Select(port, [.. endpoints], Node));
    }

    private Endpoint NewEndpoint() => new(Address(5, _random.Next(Endpoints * 5 / 2)), (ushort)_random.Next(8080, 8083))
    {
        Ready = _random.Next(5) != 0,
        Serving = _random.Next(5) != 0,
        Terminating = _random.Next(5) == 0,
        IsLocal = Maybe(),
        ZoneHints = Maybe() ? ["a"] : default,
    };

    private IpAddr Address(int network, int host) => _family == IpFamily.IPv4
        ? IpAddr.Parse($"10.{network}.{host / 200}.{host % 200 + 1}")
        : IpAddr.Parse($"fd00:{network}::{host + 1:x}");

    private ImmutableArray<IpAddr> Addresses(int network) => Maybe() ? [] : [.. Enumerable.Range(0, _random.Next(1, 3)).Select(_ => Address(network, _random.Next(Hosts))).Distinct()];

    private int Hosts => IsCrowded ? 5 : 1000;

    private bool Maybe() => _random.Next(2) == 0;

    private T Pick<T>(params ReadOnlySpan<T> values) => values[_random.Next(values.Length)];
}
