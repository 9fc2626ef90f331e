using Shunt.Model;
using Shunt.Testing;
using Shunt.Testing.Agent;
using Shunt.Testing.Network;

namespace Shunt.Kernel.Tests.Iptables;

/// <summary>Real packets through rules that the shipped agent wrote: which backend answers, and which source address it sees.</summary>
[Trait("needs", "root")]
public sealed class PacketTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("nft", Protocol.Tcp, false)]
    [InlineData("nft", Protocol.Udp, false)]
    [InlineData("nft", Protocol.Tcp, true)]
    [InlineData("nft", Protocol.Udp, true)]
    [InlineData("legacy", Protocol.Tcp, false)]
    [InlineData("legacy", Protocol.Udp, false)]
    [InlineData("legacy", Protocol.Tcp, true)]
    [InlineData("legacy", Protocol.Udp, true)]
    [InlineData("nftables", Protocol.Tcp, false)]
    [InlineData("nftables", Protocol.Udp, false)]
    [InlineData("nftables", Protocol.Tcp, true)]
    [InlineData("nftables", Protocol.Udp, true)]
    public async Task Every_way_into_a_service_leads_to_the_right_backends(string variant, Protocol protocol, bool v6)
    {
        if (variant == "nftables") Root.SkipUnlessAvailable();
        else Root.SkipUnlessAvailable($"iptables-{variant}");
        await using var world = await NetworkNamespaces.CreateAsync(backends: 2, Ct);
        await using var first = EchoServer.Start(world.Backends[0], 8080, protocol);
        await using var second = EchoServer.Start(world.Backends[1], 8080, protocol);
        using var manifests = new Manifests();
        var net = new Addresses(v6);
        Write(manifests, world, net, protocol, v6);

        (await ShuntAgent.RunAsync(world.Node, ["run", "--once", .. manifests.Flags(variant)], Ct)).EnsureSuccess();

        var node = (v6 ? NetworkNamespaces.NodeV6 : NetworkNamespaces.NodeV4).ToString();
        var (pod, outside, backend) = (world.Pod.Namespace, world.Outside.Namespace, world.Backends[0].Namespace);
        const string Both = "backend-1 kept, backend-2 kept", BothMasqueraded = "backend-1 masqueraded, backend-2 masqueraded";
        (string What, ScratchNamespace From, string To, int Port, string Expected, int Count)[] flows =
        [
            ("pod to cluster IP", pod, net.Service(1), 80, Both, 21),
            ("outside to cluster IP", outside, net.Service(1), 80, BothMasqueraded, 21),
            ("outside to node port", outside, node, 30080, BothMasqueraded, 21),
            ("pod to node port", pod, node, 30080, BothMasqueraded, 21),
            ("outside to external IP", outside, net.External, 80, BothMasqueraded, 21),
            ("outside, allowed, to VIP", outside, net.Vip, 80, BothMasqueraded, 21),
            ("pod, not allowed, to VIP", pod, net.Vip, 80, "Drop", 1),
            ("outside to node port, policy Local", outside, node, 30081, "backend-1 kept", 8),
            ("pod to node port, policy Local", pod, node, 30081, Both, 21),
            ("pod to itself through its Service", backend, net.Service(3), 80, "backend-1 masqueraded", 2),
            ("no endpoints", pod, net.Service(4), 80, "Reject", 1),
            ("no endpoints, outside to node port", outside, node, 30084, "Reject", 1),
            ("policy Local without local endpoints", outside, node, 30086, "Drop", 1),
        ];
        var met = await Task.WhenAll(flows.Select(async flow => $"{flow.What}: {await Flows.ToAsync(flow.From, flow.To, flow.Port, protocol, Ct, flow.Count)}"));
        Assert.Equal(flows.Select(static flow => $"{flow.What}: {flow.Expected}"), met);

        var sticky = await Flows.ToAsync(pod, net.Service(5), 80, protocol, Ct);
        Assert.True(sticky is "backend-1 kept" or "backend-2 kept", $"session affinity: {sticky}");
    }

    [Theory]
    [InlineData("nft")]
    [InlineData("legacy")]
    [InlineData("nftables")]
    public async Task Edits_are_followed_while_the_agent_runs(string variant)
    {
        if (variant == "nftables") Root.SkipUnlessAvailable("nft");
        else Root.SkipUnlessAvailable($"iptables-{variant}");
        await using var world = await NetworkNamespaces.CreateAsync(backends: 2, Ct);
        await using var first = EchoServer.Start(world.Backends[0], 8080, Protocol.Tcp);
        await using var second = EchoServer.Start(world.Backends[1], 8080, Protocol.Tcp);
        using var manifests = new Manifests();
        var (one, two) = (world.Backends[0].V4.ToString(), world.Backends[1].V4.ToString());
        manifests.Write("service", Manifests.Service("web", "10.96.0.1", spec: "type: NodePort", nodePort: 30080));
        manifests.Write("slice", Manifests.Slice("web", "TCP", one));
        await using var agent = ShuntAgent.Start(world.Node, ["run", "--iptables-min-sync-period", "10ms", .. manifests.Flags(variant)]);
        var pod = world.Pod.Namespace;
        await Flows.BecomesAsync("backend-1 kept", pod, "10.96.0.1", 80, Protocol.Tcp, Ct);

        manifests.Write("slice", Manifests.Slice("web", "TCP", one, two));
        await Flows.BecomesAsync("backend-1 kept, backend-2 kept", pod, "10.96.0.1", 80, Protocol.Tcp, Ct);

        manifests.Write("slice", Manifests.Slice("web", "TCP", two));
        await Flows.BecomesAsync("backend-2 kept", pod, "10.96.0.1", 80, Protocol.Tcp, Ct);

        manifests.Delete("slice");
        await Flows.BecomesAsync("Reject", pod, "10.96.0.1", 80, Protocol.Tcp, Ct, count: 3);
        await Flows.BecomesAsync("Reject", world.Outside.Namespace, NetworkNamespaces.NodeV4.ToString(), 30080, Protocol.Tcp, Ct, count: 3);

        manifests.Delete("service");
        await Flows.BecomesAsync("Drop", pod, "10.96.0.1", 80, Protocol.Tcp, Ct, count: 1); // it leaves the node, and nobody is there
        var rules = variant == "nftables"
            ? (await world.Node.RunAsync("nft", ["list", "ruleset"], null, Ct)).EnsureSuccess().Output
            : (await world.Node.RunAsync($"iptables-{variant}-save", [], null, Ct)).EnsureSuccess().Output;
        Assert.DoesNotContain("ns/web", rules, StringComparison.Ordinal);
        Assert.DoesNotContain("KUBE-SVC-", rules, StringComparison.Ordinal);
        Assert.DoesNotContain(one, rules, StringComparison.Ordinal);
    }

    private static void Write(Manifests manifests, NetworkNamespaces world, Addresses net, Protocol protocol, bool v6)
    {
        var name = protocol.ToApiName();
        string one = Address(world.Backends[0], v6) + "*", two = Address(world.Backends[1], v6);
        var ranges = v6 ? $"{world.Outside.V6}/128" : $"{world.Outside.V4}/32";
        manifests.Write(
            "all",
            Manifests.Service("web", net.Service(1), name, $"type: LoadBalancer, externalIPs: ['{net.External}'], loadBalancerSourceRanges: ['{ranges}']", 30080, net.Vip),
            Manifests.Slice("web", name, one, two),
            Manifests.Service("local", net.Service(2), name, "type: NodePort, externalTrafficPolicy: Local", 30081),
            Manifests.Slice("local", name, one, two),
            Manifests.Service("self", net.Service(3), name),
            Manifests.Slice("self", name, one),
            Manifests.Service("empty", net.Service(4), name, "type: NodePort", 30084),
            Manifests.Service("sticky", net.Service(5), name, "sessionAffinity: ClientIP"),
            Manifests.Slice("sticky", name, one, two),
            Manifests.Service("elsewhere", net.Service(6), name, "type: NodePort, externalTrafficPolicy: Local", 30086),
            Manifests.Slice("elsewhere", name, two));
    }

    private static string Address(Host host, bool v6) => (v6 ? host.V6 : host.V4).ToString();

    /// <summary>The addresses of Services in one family; nobody has them.</summary>
    private sealed class Addresses(bool v6)
    {
        public string External => v6 ? "2001:db8:e::1" : "192.0.2.101";

        public string Vip => v6 ? "2001:db8:f::1" : "192.0.2.102";

        public string Service(int number) => v6 ? $"fd00:96::{number}" : $"10.96.0.{number}";
    }
}
