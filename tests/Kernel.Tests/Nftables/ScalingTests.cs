using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Shunt.Backends.Nftables;
using Shunt.Model;
using Shunt.Testing;
using Shunt.Testing.Network;
using Shunt.Testing.Nftables;

namespace Shunt.Kernel.Tests.Nftables;

/// <summary>Endpoints come and go while clients connect as fast as they can: no connection may find nothing.</summary>
[Trait("needs", "root")]
public sealed class ScalingTests
{
    private const string Vip = "10.96.0.1";
    private const int Senders = 2;
    private const int Clients = 100;
    private const int Changes = 4000;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(2, 3, false)]
    [InlineData(16, 17, false)]
    [InlineData(2, 3, true)]
    [InlineData(16, 17, true)]
    public async Task No_connection_is_lost_while_endpoints_come_and_go(int few, int many, bool sticky)
    {
        Root.SkipUnlessAvailable("nft");
        await using var world = await NetworkNamespaces.CreateAsync(backends: 1, Ct);
        await CountAsync(world.Node);
        await world.Node.IpAsync($"route add 10.244.7.0/24 via {world.Backends[0].V4} dev pod11 onlink\n", Ct);
        await world.Pod.Namespace.IpAsync("route add local 10.244.200.0/22 dev lo\n", Ct);
        using var kernel = world.Node.Net.Run(() => new NftablesKernel(IpFamily.IPv4));
        var cluster = new ServiceScript();
        var dataplane = NftablesFixture.Dataplane(kernel, NftablesFixture.Options());
        await SyncAsync(few);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var clients = Enumerable.Range(0, Senders).Select(sender => Task.Run(() => Send(world, sender, stop.Token))).ToArray();

        for (var change = 0; change < Changes; change++) await SyncAsync(change % 2 == 0 ? many : few);
        await stop.CancelAsync();
        var sent = (await Task.WhenAll(clients)).Sum();

        var (translated, lost) = (await ReadAsync(world.Node, "translated"), await ReadAsync(world.Node, "lost"));
        TestContext.Current.TestOutputHelper?.WriteLine($"{Changes} changes, {sent} connections, {translated} translated, {lost} not");
        Assert.Equal(0, lost);
        Assert.True(translated > Changes, $"only {translated} connections");

        async Task SyncAsync(int endpoints)
        {
            var port = new ServicePort
            {
                Name = new ServicePortName("ns", "web", "http", Protocol.Udp),
                ClusterIp = IpAddr.Parse(Vip),
                Port = 80,
                Affinity = sticky ? new SessionAffinity(true, 10800) : default,
            };
            cluster.Set(port, [.. Enumerable.Range(1, endpoints).Select(static i => $"10.244.7.{i}")]);
            var state = cluster.Snapshot();
            await (await dataplane.PlanAsync(state, Ct)).ApplyAsync(Ct);
            cluster.Commit(state);
        }
    }

    [Fact]
    public async Task Forty_different_numbers_of_endpoints_all_lead_somewhere()
    {
        Root.SkipUnlessAvailable();
        await using var world = await NetworkNamespaces.CreateAsync(backends: 1, Ct);
        await using var server = EchoServer.Start(world.Backends[0], 8080, Protocol.Tcp);
        await world.Node.IpAsync($"route add 10.244.7.0/24 via {world.Backends[0].V4} dev pod11 onlink\n", Ct);
        await world.Backends[0].Namespace.IpAsync("route add local 10.244.7.0/24 dev lo\n", Ct);
        using var kernel = world.Node.Net.Run(() => new NftablesKernel(IpFamily.IPv4));
        var cluster = new ServiceScript();
        for (var count = 1; count <= 40; count++) cluster.Set($"ns/web-{count}", $"10.96.1.{count}", 80, [.. Enumerable.Range(1, count).Select(static i => $"10.244.7.{i}")]);

        var result = await (await NftablesFixture.Dataplane(kernel, NftablesFixture.Options()).PlanAsync(cluster.Snapshot(), Ct)).ApplyAsync(Ct);

        Assert.Empty(result.Refused);
        for (var count = 1; count <= 40; count++)
        {
            var met = await Client.ConnectAsync(world.Pod.Namespace.Net, new IPEndPoint(IPAddress.Parse($"10.96.1.{count}"), 80), Protocol.Tcp, null, Ct);
            Assert.Equal("backend-1", met.Server);
        }
    }

    /// <summary>Sends datagrams, which are all dropped behind the translation and so are new connections each; from many clients in turn.</summary>
    /// <returns>How many.</returns>
    private static int Send(NetworkNamespaces world, int sender, CancellationToken ct) => world.Pod.Namespace.Net.Run(() =>
    {
        var to = new IPEndPoint(IPAddress.Parse(Vip), 80);
        var sockets = Enumerable.Range(1, Clients).Select(client =>
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            socket.Bind(new IPEndPoint(IPAddress.Parse($"10.244.{200 + sender}.{client}"), 0));
            return socket;
        }).ToArray();
        var sent = 0;
        while (!ct.IsCancellationRequested) sent += sockets[sent % Clients].SendTo("?"u8, to);
        foreach (var socket in sockets) socket.Dispose();
        return sent;
    });

    /// <summary>Counts what passes the node behind the translation, and lets nothing of it pass.</summary>
    private static async Task CountAsync(ScratchNamespace node) => (await node.RunAsync("nft", ["-f", "-"], $$"""
        table ip probe {
          counter translated { }
          counter lost { }
          chain forward {
            type filter hook forward priority -50;
            ip daddr 10.244.7.0/24 counter name translated drop
            ip daddr {{Vip}} counter name lost drop
          }
        }

        """, Ct)).EnsureSuccess();

    private static async Task<int> ReadAsync(ScratchNamespace node, string counter)
    {
        var text = (await node.RunAsync("nft", ["list", "counter", "ip", "probe", counter], null, Ct)).EnsureSuccess().Output;
        var words = text.Split([' ', '\n', '\t'], StringSplitOptions.RemoveEmptyEntries);
        return int.Parse(words[Array.IndexOf(words, "packets") + 1], CultureInfo.InvariantCulture);
    }
}
