using System.Net;
using Shunt.Model;
using Shunt.Testing;
using Shunt.Testing.Network;

namespace Shunt.Kernel.Tests.Network;

/// <summary>The world that packet tests stand on, without any dataplane in it.</summary>
[Trait("needs", "root")]
public sealed class NetworkNamespacesTests
{
    private const int Port = 8080;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Protocol.Tcp, false)]
    [InlineData(Protocol.Tcp, true)]
    [InlineData(Protocol.Udp, false)]
    [InlineData(Protocol.Udp, true)]
    public async Task Pod_node_and_outside_reach_a_backend_and_keep_their_address(Protocol protocol, bool v6)
    {
        Root.SkipUnlessAvailable();
        await using var world = await NetworkNamespaces.CreateAsync(backends: 2, Ct);
        await using var server = EchoServer.Start(world.Backends[1], Port, protocol);
        var to = new IPEndPoint(v6 ? world.Backends[1].V6 : world.Backends[1].V4, Port);

        foreach (var client in new[] { world.Pod, world.Outside, world.Backends[0] })
        {
            var source = (v6 ? client.V6 : client.V4).ToString();
            var result = await Client.ConnectAsync(client.Namespace.Net, to, protocol, null, Ct);
            Assert.Equal(new FlowResult(FlowOutcome.Answered, "backend-2", source, source), result);
        }

        var fromNode = await Client.ConnectAsync(world.Node.Net, to, protocol, v6 ? NetworkNamespaces.NodeV6 : NetworkNamespaces.NodeV4, Ct);
        Assert.Equal("backend-2", fromNode.Server);
        Assert.False(fromNode.Masqueraded);
    }

    [Fact]
    public async Task A_closed_port_is_a_reject_and_a_dropped_packet_a_drop()
    {
        Root.SkipUnlessAvailable("iptables");
        await using var world = await NetworkNamespaces.CreateAsync(backends: 1, Ct);
        var to = new IPEndPoint(world.Backends[0].V4, Port);

        Assert.Equal(FlowOutcome.Reject, (await Client.ConnectAsync(world.Pod.Namespace.Net, to, Protocol.Tcp, null, Ct)).Outcome);
        Assert.Equal(FlowOutcome.Reject, (await Client.ConnectAsync(world.Pod.Namespace.Net, to, Protocol.Udp, null, Ct)).Outcome);

        (await world.Node.RunAsync("iptables", ["-A", "FORWARD", "-j", "DROP"], null, Ct)).EnsureSuccess();
        Assert.Equal(FlowOutcome.Drop, (await Client.ConnectAsync(world.Pod.Namespace.Net, to, Protocol.Tcp, null, Ct)).Outcome);
    }

    [Fact]
    public async Task Translation_and_masquerade_on_the_node_are_seen()
    {
        Root.SkipUnlessAvailable("iptables");
        await using var world = await NetworkNamespaces.CreateAsync(backends: 1, Ct);
        await using var server = EchoServer.Start(world.Backends[0], Port, Protocol.Tcp);
        (await world.Node.RunAsync("iptables-restore", [], $"""
            *nat
            -A PREROUTING -p tcp -d 10.96.0.10 --dport 80 -j DNAT --to-destination {world.Backends[0].V4}:{Port}
            -A POSTROUTING -j MASQUERADE
            COMMIT

            """, Ct)).EnsureSuccess();

        var result = await Client.ConnectAsync(
            world.Pod.Namespace.Net, new IPEndPoint(IPAddress.Parse("10.96.0.10"), 80), Protocol.Tcp, world.Pod.V4, Ct);
        Assert.Equal("backend-1", result.Server);
        Assert.True(result.Masqueraded);
    }

    [Fact]
    public async Task Nothing_is_left_behind()
    {
        Root.SkipUnlessAvailable();
        string name;
        await using (var world = await NetworkNamespaces.CreateAsync(backends: 0, Ct))
        {
            name = world.Node.Name;
            Assert.True(File.Exists("/run/netns/" + name));
        }

        Assert.False(File.Exists("/run/netns/" + name));
    }
}
