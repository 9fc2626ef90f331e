using System.Collections.Immutable;
using Shunt.Model;
using Shunt.Proxy.State;

namespace Shunt.Testing.Builders;

/// <summary>Makes objects of a small cluster, in which names, addresses and ports meet again and again. The same seed makes the same objects.</summary>
internal sealed class RandomObjects(int seed)
{
    private static readonly string[] Names = ["a", "b", "b-c", "web", "dns"];
    private static readonly string[] PortNames = ["", "http", "dns"];
    private static readonly Protocol[] Protocols = [Protocol.Tcp, Protocol.Tcp, Protocol.Tcp, Protocol.Udp, Protocol.Sctp];

    private static readonly IpPrefix[] Ranges =
        [IpPrefix.Parse("0.0.0.0/0"), IpPrefix.Parse("192.168.0.0/16"), IpPrefix.Parse("4.0.0.0/8"), IpPrefix.Parse("2001:db8::/64"), IpPrefix.Parse("::/0")];

    private readonly Random _random = new(seed);

    public int Next(int limit) => _random.Next(limit);

    public bool Chance(int percent) => _random.Next(100) < percent;

    public ObjectKey ServiceKey() => new(Chance(80) ? "ns" : "other", Pick(Names));

    public ObjectKey SliceKey() => new(Chance(80) ? "ns" : "other", $"slice-{Next(8)}");

    public ServiceObject Service()
    {
        var n = Next(6) + 1;
        return new ServiceObject
        {
            Key = ServiceKey(),
            Type = Pick([ServiceType.ClusterIP, ServiceType.NodePort, ServiceType.LoadBalancer, ServiceType.LoadBalancer, ServiceType.ExternalName]),
            ClusterIps = Some(Build.Ip($"10.96.0.{n}"), Build.Ip($"fd00:96::{n}")),
            Ports = [.. Several(3, i => new ServicePortSpec(Pick(PortNames), Pick(Protocols), (ushort)(80 + Next(3)), (ushort)(Chance(50) ? 30000 + Next(4) : 0)))],
            ExternalIps = Some(Build.Ip($"1.1.1.{n}"), Build.Ip($"fd01::{n}")),
            LoadBalancerVips = Some(Build.Ip($"2.2.2.{n}"), Build.Ip($"fd02::{n}")),
            LoadBalancerSourceRanges = Some(IpPrefix.Parse($"3.{n}.0.0/16"), IpPrefix.Parse("fd03::/64"), Pick<IpPrefix>(Ranges)),
            Affinity = Chance(20) ? new SessionAffinity(true, 100) : default,
            ExternalTrafficPolicyLocal = Chance(40),
            InternalTrafficPolicyLocal = Chance(30),
            HealthCheckNodePort = (ushort)(Chance(40) ? 31000 + Next(3) : 0),
        };
    }

    public EndpointSliceObject Slice()
    {
        var v4 = Chance(70);
        return new EndpointSliceObject
        {
            Key = SliceKey(),
            ServiceName = Chance(5) ? "" : Pick(Names),
            AddressType = Chance(5) ? null : v4 ? IpFamily.IPv4 : IpFamily.IPv6,
            Ports = [.. Several(3, i => new EndpointPortSpec(Pick(PortNames), Pick(Protocols), (ushort)(8080 + Next(2))))],
            Endpoints = [.. Several(6, i => Endpoint(v4))],
        };
    }

    /// <summary>A slice of one family that has the ports of a Service, at other numbers.</summary>
    public EndpointSliceObject SliceFor(ServiceObject service, IpFamily family) => new()
    {
        Key = new ObjectKey(service.Key.Namespace, $"{service.Key.Name}-{Next(3)}-{family}"),
        ServiceName = service.Key.Name,
        AddressType = family,
        Ports = [.. service.Ports.Select(static p => new EndpointPortSpec(p.Name, p.Protocol, (ushort)(p.Port + 8000)))],
        Endpoints = [.. Several(4, i => Endpoint(family == IpFamily.IPv4))],
    };

    /// <summary>The node that snapshots are for: often the same.</summary>
    public NodeInfo Node() => ClusterStateExtensions.TestNode with { Zone = Pick(["", "a", "a", "a", "b"]), Name = Chance(90) ? "test-node" : "node-2" };

    private EndpointSpec Endpoint(bool v4)
    {
        var n = Next(12) + 1;
        var onNode = Chance(5); // a pod in the node's own network
        var address = v4 ? onNode ? "192.168.0.2" : $"10.1.0.{n}" : onNode ? "2001:db8::1" : $"fd00:1::{n}";
        return new EndpointSpec(Build.Ip(address))
        {
            Ready = Chance(70),
            Serving = Chance(80),
            Terminating = Chance(25),
            NodeName = Pick(["", "test-node", "node-2", "node-3"]),
            ZoneHints = Pick<ImmutableArray<string>>([default, ["a"], ["a"], ["b"], ["a", "b"]]),
            NodeHints = Pick<ImmutableArray<string>>([default, ["test-node"], ["node-2"]]),
        };
    }

    public T Pick<T>(ReadOnlySpan<T> from) => from[Next(from.Length)];

    private ImmutableArray<T> Some<T>(params ReadOnlySpan<T> from)
    {
        var some = ImmutableArray.CreateBuilder<T>();
        foreach (var item in from)
        {
            if (Chance(70)) some.Add(item);
        }

        return some.ToImmutable();
    }

    private IEnumerable<T> Several<T>(int most, Func<int, T> make) => Enumerable.Range(0, Next(most + 1)).Select(make);
}
