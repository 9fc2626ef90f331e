using Shunt.Kernel.Tests.Iptables;
using Shunt.Model;
using Shunt.Testing;
using Shunt.Testing.Agent;
using Shunt.Testing.Network;

namespace Shunt.Kernel.Tests.Nftables;

/// <summary>Local pods told by the interface their packets come in by, with real packets.</summary>
[Trait("needs", "root")]
public sealed class DetectorTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("--detect-local-mode InterfaceNamePrefix --pod-interface-name-prefix pod")]
    [InlineData("--detect-local-mode BridgeInterface --pod-bridge-interface pod5")]
    public async Task Packets_of_local_pods_keep_their_source_and_others_do_not(string flags)
    {
        Root.SkipUnlessAvailable();
        await using var world = await NetworkNamespaces.CreateAsync(backends: 2, Ct);
        await using var first = EchoServer.Start(world.Backends[0], 8080, Protocol.Tcp);
        await using var second = EchoServer.Start(world.Backends[1], 8080, Protocol.Tcp);
        using var manifests = new Manifests();
        string one = world.Backends[0].V4 + "*", two = world.Backends[1].V4.ToString();
        manifests.Write(
            "all",
            Manifests.Service("web", "10.96.0.1", "TCP", "type: NodePort, externalTrafficPolicy: Local", 30080),
            Manifests.Slice("web", "TCP", one, two));

        (await ShuntAgent.RunAsync(world.Node, ["run", "--once", .. manifests.Flags("nftables"), .. flags.Split(' ')], Ct)).EnsureSuccess();

        var (pod, outside, node) = (world.Pod.Namespace, world.Outside.Namespace, NetworkNamespaces.NodeV4.ToString());
        Assert.Equal("backend-1 kept, backend-2 kept", await Flows.ToAsync(pod, "10.96.0.1", 80, Protocol.Tcp, Ct));
        Assert.Equal("backend-1 masqueraded, backend-2 masqueraded", await Flows.ToAsync(outside, "10.96.0.1", 80, Protocol.Tcp, Ct));
        Assert.Equal("backend-1 kept, backend-2 kept", await Flows.ToAsync(pod, node, 30080, Protocol.Tcp, Ct));
        Assert.Equal("backend-1 kept", await Flows.ToAsync(outside, node, 30080, Protocol.Tcp, Ct, count: 8));
        Assert.Equal("backend-1 masqueraded, backend-2 masqueraded", await Flows.ToAsync(world.Node, node, 30080, Protocol.Tcp, Ct));
    }
}
