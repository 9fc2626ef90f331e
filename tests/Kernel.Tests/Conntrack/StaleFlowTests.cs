using Shunt.Kernel.Tests.Iptables;
using Shunt.Model;
using Shunt.Netlink.Netfilter;
using Shunt.Testing;
using Shunt.Testing.Agent;
using Shunt.Testing.Conntrack;
using Shunt.Testing.Network;

namespace Shunt.Kernel.Tests.Conntrack;

/// <summary>Real UDP flows through rules of the running agent: those that lead where rules no longer would are cut, and no others.</summary>
[Trait("needs", "root")]
public sealed class StaleFlowTests
{
    private const byte Udp = 17;
    private const int NodePort = 30080;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Stale_flows_go_and_valid_flows_stay(bool v6)
    {
        Root.SkipUnlessAvailable("iptables-nft");
        await using var world = await NetworkNamespaces.CreateAsync(backends: 2, Ct);
        await using var first = EchoServer.Start(world.Backends[0], 8080, Protocol.Udp);
        await using var second = EchoServer.Start(world.Backends[1], 8080, Protocol.Udp);
        await using var elsewhere = EchoServer.Start("elsewhere", world.Outside.Namespace.Net, NodePort, Protocol.Udp);
        using var manifests = new Manifests();
        var net = v6 ? "fd00:96::" : "10.96.0.";
        var (one, two) = v6 ? (world.Backends[0].V6.ToString(), world.Backends[1].V6.ToString()) : (world.Backends[0].V4.ToString(), world.Backends[1].V4.ToString());
        var node = (v6 ? NetworkNamespaces.NodeV6 : NetworkNamespaces.NodeV4).ToString();
        var outside = (v6 ? world.Outside.V6 : world.Outside.V4).ToString();
        manifests.Write(
            "services",
            Manifests.Service("moved", net + 1, "UDP", "type: NodePort", NodePort), Manifests.Slice("moved", "UDP", one),
            Manifests.Service("emptied", net + 2, "UDP"), Manifests.Slice("emptied", "UDP", one),
            Manifests.Service("deleted", net + 3, "UDP"), Manifests.Slice("deleted", "UDP", one),
            Manifests.Service("kept", net + 4, "UDP"), Manifests.Slice("kept", "UDP", one),
            Manifests.Service("grown", net + 5, "UDP"), Manifests.Slice("grown", "UDP", one));
        await using var agent = ShuntAgent.Start(world.Node, ["run", "--iptables-min-sync-period", "10ms", "-v", "4", .. manifests.Flags("nft")]);
        await agent.WaitForAsync("\"SyncProxyRules complete\" ipFamily=\"IPv6\"", Ct);
        using var moved = await AskedAsync(world.Pod, net + 1, 80, "backend-1");
        using var movedNodePort = await AskedAsync(world.Outside, node, NodePort, "backend-1");
        using var emptied = await AskedAsync(world.Pod, net + 2, 80, "backend-1");
        using var deleted = await AskedAsync(world.Pod, net + 3, 80, "backend-1");
        using var kept = await AskedAsync(world.Pod, net + 4, 80, "backend-1");
        using var grown = await AskedAsync(world.Pod, net + 5, 80, "backend-1");
        using var egress = await AskedAsync(world.Pod, outside, NodePort, "elsewhere");
        var before = Tracked(world, v6);

        manifests.Write(
            "services",
            Manifests.Service("moved", net + 1, "UDP", "type: NodePort", NodePort), Manifests.Slice("moved", "UDP", two),
            Manifests.Service("emptied", net + 2, "UDP"),
            Manifests.Service("kept", net + 4, "UDP"), Manifests.Slice("kept", "UDP", one),
            Manifests.Service("grown", net + 5, "UDP"), Manifests.Slice("grown", "UDP", one, two));
        await agent.WaitForAsync($"\"Finished reconciling conntrack entries\" ipFamily=\"IPv{(v6 ? 6 : 4)}\"", Ct);

        Assert.Equal(["deleted", "emptied", "moved", "moved by node port"], before.Except(Tracked(world, v6)).Select(Name).Order(StringComparer.Ordinal));
        Assert.Equal(("backend-2", "backend-2"), (await moved.AskAsync(Ct), await movedNodePort.AskAsync(Ct)));
        Assert.Equal(("backend-1", "backend-1", "elsewhere"), (await kept.AskAsync(Ct), await grown.AskAsync(Ct), await egress.AskAsync(Ct)));

        string Name(string flow) =>
            flow.Contains(Target(net + 1, 80), StringComparison.Ordinal) ? "moved"
            : flow.Contains(Target(node, NodePort), StringComparison.Ordinal) ? "moved by node port"
            : flow.Contains(Target(net + 2, 80), StringComparison.Ordinal) ? "emptied"
            : flow.Contains(Target(net + 3, 80), StringComparison.Ordinal) ? "deleted"
            : flow;

        string Target(string address, int port) => v6 ? $"[{address}]:{port}" : $"{address}:{port}";
    }

    private static async Task<UdpFlow> AskedAsync(Host from, string address, int port, string expected)
    {
        var flow = UdpFlow.Open(from.Namespace.Net, address, port);
        Assert.Equal(expected, await flow.AskAsync(Ct));
        return flow;
    }

    private static IReadOnlyList<string> Tracked(NetworkNamespaces world, bool v6) =>
        [.. KernelConntrack.List(world.Node.Net, v6 ? NetfilterFamily.NFPROTO_IPV6 : NetfilterFamily.NFPROTO_IPV4, Udp).Select(static flow => flow.ToString())];
}
