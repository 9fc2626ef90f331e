using System.Collections.Immutable;
using Shunt.Model;
using Shunt.Testing.Builders;
using Shunt.Testing.Tracing;

namespace Shunt.Backends.Tests.Tracing;

/// <summary>Law 5, for any mode: clusters, settings and packets at random, and where rules and policy do not agree on them.</summary>
internal static class PolicyLaw
{
    public static readonly string[] NodeAddresses = ["192.168.0.2", "192.168.1.2", "2001:db8::1", "2001:db8:1::2"];

    /// <summary>What is different between what a tracer says of every packet and what the reference balancer says.</summary>
    /// <param name="state">The cluster.</param>
    /// <param name="rules">The settings.</param>
    /// <param name="trace">The tracer.</param>
    /// <param name="anyClaimant">Which of several Services gets a packet that all of them want is not defined.</param>
    public static List<string> Differences(DesiredState state, TrafficRules rules, Func<TracedPacket, TraceResult> trace, bool anyClaimant)
    {
        var differences = new List<string>();
        foreach (var packet in Packets(state))
        {
            var traced = trace(new TracedPacket(packet.Protocol, packet.Source, packet.Destination, packet.DestinationPort) { InInterface = packet.InputInterface ?? "" });
            var told = ReferenceBalancer.Verdict(state, rules, packet).ToTraceResult();
            var agree = anyClaimant && Claimants(state, packet) > 1 ? traced.Outcomes.All(told.Outcomes.Contains) : traced.Outcomes.SequenceEqual(told.Outcomes);
            if (!agree) differences.Add($"{packet}: rules \"{traced}\", policy \"{told}\"");
        }

        return differences;
    }

    public static DesiredState RandomState(RandomObjects random, IpFamily family)
    {
        var state = ClusterStateExtensions.NewCluster();
        for (var i = 0; i < 12; i++)
        {
            var service = random.Service();
            state.Put(service);
            for (var slices = random.Next(3); slices > 0; slices--) state.Put(random.SliceFor(service, family));
        }

        var some = family == IpFamily.IPv4 ? new[] { "192.168.0.2" } : ["2001:db8::1"];
        var loopback = family == IpFamily.IPv4 ? "127.0.0.1" : "::1";
        var nodePorts = random.Next(3) switch
        {
            0 => NodePortAddresses.Everywhere,
            1 => new NodePortAddresses { Addresses = [.. some.Select(Build.Ip)] },
            _ => new NodePortAddresses { Addresses = [.. some.Append(loopback).Select(Build.Ip).Order()] },
        };
        return state.Snapshot(family, random.Node(), nodePorts);
    }

    public static TrafficRules RandomRules(RandomObjects random, IpFamily family, NodePortAddresses nodePorts) => new()
    {
        LocalDetector = random.Next(4) switch
        {
            0 => default,
            1 => LocalDetector.ByBridge("veth1"),
            2 => LocalDetector.ByInterfacePrefix("ve"),
            _ => LocalDetector.ByCidr(IpPrefix.Parse(family == IpFamily.IPv4 ? "10.1.0.0/16" : "fd00:1::/64")),
        },
        MasqueradeAll = random.Chance(20),
        LocalhostNodePorts = family == IpFamily.IPv4 && random.Chance(60) && (nodePorts.MatchesAll || nodePorts.Addresses.Any(static a => a.IsLoopback)),
        LocalAddresses = [.. NodeAddresses.Select(Build.Ip)],
    };

    /// <summary>From everybody to everything that a Service, or nobody, answers at.</summary>
    private static IEnumerable<Packet> Packets(DesiredState state)
    {
        var v4 = state.Family == IpFamily.IPv4;
        (string Address, string? Input)[] sources = v4
            ? [("10.1.0.1", "veth1"), ("10.1.0.2", "veth1"), ("203.0.113.2", "eth0"), ("3.1.0.7", "eth0"), ("192.168.0.2", null), ("127.0.0.1", null), ("2.2.2.3", "eth0")]
            : [("fd00:1::1", "veth1"), ("fd00:1::2", "veth1"), ("2600::1", "eth0"), ("fd03::7", "eth0"), ("2001:db8::1", null), ("::1", null), ("fd02::3", "eth0")];
        string[] own = v4 ? ["192.168.0.2", "192.168.1.2", "127.0.0.1"] : ["2001:db8::1", "2001:db8:1::2", "::1"];
        var targets = new HashSet<(IpAddr, ushort, Protocol)>();
        foreach (var (port, _) in state.Services.Values)
        {
            ImmutableArray<IpAddr> addresses = [port.ClusterIp, .. port.ExternalIps, .. port.LoadBalancerVips];
            foreach (var address in addresses)
            {
                targets.Add((address, port.Port, port.Name.Protocol));
                targets.Add((address, 9, port.Name.Protocol));
                targets.Add((address, port.HealthCheckNodePort, Protocol.Tcp));
            }

            foreach (var address in own.Select(Build.Ip))
            {
                targets.Add((address, port.NodePort, port.Name.Protocol));
                targets.Add((address, port.HealthCheckNodePort, Protocol.Tcp));
            }
        }

        return from target in targets
               where target.Item2 != 0
               from source in sources.Append((target.Item1.ToString(), own.Contains(target.Item1.ToString()) ? null : "eth0"))
               select new Packet(target.Item3, Build.Ip(source.Item1), target.Item1, target.Item2, source.Item2);
    }

    /// <summary>How many Services want the packet: which of several gets it is not defined.</summary>
    private static int Claimants(DesiredState state, Packet packet) => state.Services.Values.Select(static s => s.Port).Count(port =>
        port.Name.Protocol == packet.Protocol
        && ((port.Port == packet.DestinationPort && (port.ClusterIp == packet.Destination || port.ExternalIps.Contains(packet.Destination) || port.LoadBalancerVips.Contains(packet.Destination)))
            || port.NodePort == packet.DestinationPort));
}
