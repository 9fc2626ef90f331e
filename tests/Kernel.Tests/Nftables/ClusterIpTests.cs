using Shunt.Kernel.Tests.Iptables;
using Shunt.Model;
using Shunt.Testing;
using Shunt.Testing.Agent;
using Shunt.Testing.Network;

namespace Shunt.Kernel.Tests.Nftables;

/// <summary>What is sent to the networks of cluster IPs and has no Service there.</summary>
[Trait("needs", "root")]
public sealed class ClusterIpTests
{
    private const string ServiceCidr = """
        apiVersion: networking.k8s.io/v1
        kind: ServiceCIDR
        metadata: { name: kubernetes }
        spec: { cidrs: [10.96.0.0/16, 'fd00:96::/112'] }
        ---

        """;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>A server outside has the address of no Service, so that a packet which leaves the node is seen.</summary>
    [Theory]
    [InlineData(Protocol.Tcp, false)]
    [InlineData(Protocol.Tcp, true)]
    [InlineData(Protocol.Udp, false)]
    [InlineData(Protocol.Udp, true)]
    public async Task A_port_without_a_service_is_rejected_and_an_address_without_one_dropped(Protocol protocol, bool v6)
    {
        Root.SkipUnlessAvailable();
        await using var world = await NetworkNamespaces.CreateAsync(backends: 1, Ct);
        await using var server = EchoServer.Start(world.Backends[0], 8080, protocol);
        await using var elsewhere = EchoServer.Start(world.Outside, 80, protocol);
        var (service, nobody) = v6 ? ("fd00:96::1", "fd00:96::9999") : ("10.96.0.1", "10.96.99.99");
        var (bits, client, node) = v6 ? (128, world.Pod.V6, NetworkNamespaces.NodeV6) : (32, world.Pod.V4, NetworkNamespaces.NodeV4);
        await world.Outside.Namespace.IpAsync(
            $"addr add {nobody}/{bits} dev lo{(v6 ? " nodad" : "")}\nroute add {client}/{bits} via {node} src {nobody}\n", Ct);
        using var manifests = new Manifests();
        var name = protocol.ToApiName();
        manifests.Write("all", Manifests.Service("web", service, name), Manifests.Slice("web", name, (v6 ? world.Backends[0].V6 : world.Backends[0].V4).ToString()));
        await using var agent = ShuntAgent.Start(world.Node, ["run", "--iptables-min-sync-period", "10ms", .. manifests.Flags("nftables")]);
        var pod = world.Pod.Namespace;
        await Flows.BecomesAsync("backend-1 kept", pod, service, 80, protocol, Ct, count: 2);
        Assert.Equal("outside kept", await Flows.ToAsync(pod, nobody, 80, protocol, Ct, count: 2));

        manifests.Write("cidr", ServiceCidr);
        await Flows.BecomesAsync("Drop", pod, nobody, 80, protocol, Ct, count: 1);
        Assert.Equal("Drop", await Flows.ToAsync(world.Node, nobody, 80, protocol, Ct, count: 1));
        Assert.Equal("Reject", await Flows.ToAsync(pod, service, 81, protocol, Ct, count: 2));
        Assert.Equal("backend-1 kept", await Flows.ToAsync(pod, service, 80, protocol, Ct, count: 2));

        manifests.Delete("cidr");
        await Flows.BecomesAsync("outside kept", pod, nobody, 80, protocol, Ct, count: 2);
    }
}
