using Shunt.Backends.Conntrack;
using Shunt.Model;
using static Shunt.Backends.Tests.Conntrack.FlowWorld;

namespace Shunt.Backends.Tests.Conntrack;

/// <summary>
/// Sequences of states at random, and for every flow of a small world what must be said of it, by looking at all states in full. A failure names
/// its seed, step and flow.
/// </summary>
public sealed class StaleFlowsLawsTests
{
    private static readonly string[] Destinations =
        ["10.96.0.1", "10.96.0.2", "192.0.2.101", "192.0.2.102", "198.51.100.2", "198.51.100.3", "127.0.0.1", "203.0.113.80"];

    private static readonly ushort[] Ports = [53, 30053, 30054];
    private static readonly string[] Answerers = ["10.244.1.1:53", "10.244.1.1:5353", "10.244.1.2:53", "198.51.100.2:53"];

    public static TheoryData<int> Seeds => [.. Enumerable.Range(0, 60)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void What_leads_nowhere_goes_and_nothing_else(int seed)
    {
        var random = new Random(seed);
        var state = new Dictionary<string, ServiceEndpoints>();
        var world = new FlowWorld { Scope = Scope(random) };
        var history = new List<ServiceEndpoints[]> { Array.Empty<ServiceEndpoints>() };
        var everything = true;
        for (var step = 0; step < 12; step++)
        {
            if (random.Next(3) == 0)
            {
                world.Swept();
                history.RemoveRange(0, history.Count - 1);
                everything = false;
            }

            for (var changes = random.Next(1, 4); changes > 0; changes--) Change(random, state);
            history.Add([.. state.Values]);
            world.Now(history[^1]);
            foreach (var flow in Flows())
            {
                var expected = Expected(flow, history, everything, world.Scope);
                var stale = world.Judge.IsStale(flow);
                if (expected == stale) continue;
                Assert.Fail($"seed {seed}, step {step}: {flow} is {(stale ? "" : "not ")}found stale");
            }

            // Not a sweep for nothing, by and large, and never none when there is something.
            if (!world.IsDue) Assert.DoesNotContain(Flows(), flow => Expected(flow, history, everything, world.Scope));
        }
    }

    /// <summary>The definition.</summary>
    /// <param name="flow">A flow.</param>
    /// <param name="history">The states since flows were last looked at, the first of them in force then.</param>
    /// <param name="everything">Flows were never looked at.</param>
    /// <param name="scope">The node.</param>
    private static bool Expected(TrackedFlow flow, List<ServiceEndpoints[]> history, bool everything, FlowScope scope)
    {
        var owners = history[^1].Where(service => Owns(service, flow, scope)).ToList();
        if (owners.Exists(owner => Carries(owner, flow))) return false;
        var busy = owners.Exists(static owner => owner.Endpoints.Any(IsOpen));
        if (everything && owners.Count > 0) return busy || flow.IsTranslated;
        if (everything && flow.IsTranslated && scope.ServiceCidrs.Any(cidr => cidr.Contains(flow.Destination))) return true;

        // It was right once since then, and is not now.
        if (flow.IsTranslated && history.Exists(services => services.Any(service => Owns(service, flow, scope) && Carries(service, flow)))) return true;

        // It may have come into being when nothing was there to translate it, and now there is.
        if (!flow.IsTranslated && busy && history.Exists(services => !services.Any(service => Owns(service, flow, scope) && service.Endpoints.Any(IsOpen)))) return true;

        // Not known to be right ever: then it may stay only if no owner had a change that flows depend on.
        return owners.Count > 0 && (busy || flow.IsTranslated) && Disturbed(flow, history, scope);
    }

    private static bool Disturbed(TrackedFlow flow, List<ServiceEndpoints[]> history, FlowScope scope)
    {
        for (var i = 1; i < history.Count; i++)
        {
            foreach (var name in history[i - 1].Concat(history[i]).Select(static service => service.Port.Name).Distinct())
            {
                var before = history[i - 1].FirstOrDefault(service => service.Port.Name == name);
                var after = history[i].FirstOrDefault(service => service.Port.Name == name);
                if (ReferenceEquals(before, after)) continue;
                if (!(before is not null && Owns(before, flow, scope)) && !(after is not null && Owns(after, flow, scope))) continue;
                var (open, stays) = (Open(before), Open(after));
                if ((open.Count == 0) != (stays.Count == 0)) return true;
                if (open.Count > 0 && (!open.IsSubsetOf(stays) || !FrontendsOf(before!).SetEquals(FrontendsOf(after!)))) return true;
            }
        }

        return false;
    }

    private static bool Owns(ServiceEndpoints service, TrackedFlow flow, FlowScope scope)
    {
        var port = service.Port;
        if (port.Name.Protocol != flow.Protocol) return false;
        if (port.Port == flow.DestinationPort && FrontendsOf(service).Contains(flow.Destination)) return true;
        var local = flow.Destination.IsLoopback || scope.NodeAddresses.Contains(flow.Destination);
        var served = (scope.NodePortsAtLoopback || !flow.Destination.IsLoopback)
            && (scope.NodePorts.MatchesAll || scope.NodePorts.Addresses.Contains(flow.Destination));
        return port.NodePort != 0 && port.NodePort == flow.DestinationPort && local && (flow.IsTranslated || served);
    }

    /// <summary>The addresses; with the node port as an address that is none.</summary>
    private static HashSet<IpAddr> FrontendsOf(ServiceEndpoints service) =>
        [service.Port.ClusterIp, .. service.Port.ExternalIps, .. service.Port.LoadBalancerVips, IpAddr.FromV4(service.Port.NodePort)];

    private static HashSet<(IpAddr, ushort)> Open(ServiceEndpoints? service) =>
        service is null ? [] : [.. service.Endpoints.Where(IsOpen).Select(static endpoint => (endpoint.Address, endpoint.Port))];

    private static bool Carries(ServiceEndpoints service, TrackedFlow flow) => Open(service).Contains((flow.Answerer, flow.AnswererPort));

    private static bool IsOpen(Endpoint endpoint) => endpoint.Serving || endpoint.Ready;

    private static IEnumerable<TrackedFlow> Flows() =>
        from protocol in new[] { Protocol.Udp, Protocol.Sctp }
        from destination in Destinations
        from port in Ports
        from answerer in Answerers.Append($"{destination}:{port}").Append("10.244.9.9:53")
        let end = System.Net.IPEndPoint.Parse(answerer)
        select new TrackedFlow(protocol, IpAddr.Parse(destination), port, IpAddr.FromBytes(end.Address.GetAddressBytes()), (ushort)end.Port);

    private static void Change(Random random, Dictionary<string, ServiceEndpoints> state)
    {
        var n = random.Next(3);
        var protocol = random.Next(4) == 0 ? Protocol.Sctp : Protocol.Udp;
        var name = $"ns/s{n}/{protocol}";
        state.TryGetValue(name, out var before);
        if (random.Next(5) == 0)
        {
            state.Remove(name);
            return;
        }

        var port = random.Next(2) == 0 && before is not null ? before.Port : Port($"ns/s{n}", protocol, n, random);
        var endpoints = Answerers.Where(_ => random.Next(3) == 0).Select(answerer => answerer + random.Next(6) switch { 0 => "-", 1 => "~", 2 => "+", _ => "" });
        state[name] = Svc(port, [.. endpoints]);
    }

    private static ServicePort Port(string name, Protocol protocol, int n, Random random) =>
        Svc(name, $"10.96.0.{1 + n % 2}", 53).Port with // two have the same cluster IP, which odd objects can bring about
        {
            Name = new ServicePortName("ns", name[3..], "", protocol),
            ExternalIps = random.Next(3) switch { 0 => [IpAddr.Parse("192.0.2.101")], 1 => [IpAddr.Parse("198.51.100.2"), IpAddr.Parse("198.51.100.2")], _ => [] },
            LoadBalancerVips = random.Next(2) == 0 ? [IpAddr.Parse("192.0.2.102")] : [],
            NodePort = (ushort)(random.Next(3) switch { 0 => 30053, 1 => 30054, _ => 0 }),
        };

    private static FlowScope Scope(Random random) => new()
    {
        NodeAddresses = new HashSet<IpAddr> { IpAddr.Parse("198.51.100.2"), IpAddr.Parse("198.51.100.3"), IpAddr.Parse("127.0.0.1") },
        NodePorts = random.Next(2) == 0 ? NodePortAddresses.Everywhere : new NodePortAddresses { Addresses = [IpAddr.Parse("198.51.100.2")] },
        NodePortsAtLoopback = random.Next(2) == 0,
        ServiceCidrs = random.Next(2) == 0 ? [IpPrefix.Parse("10.96.0.0/12")] : [],
    };
}
