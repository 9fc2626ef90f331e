using System.Net;
using Shunt.Backends.Nftables;
using Shunt.Model;
using Shunt.Testing;
using Shunt.Testing.Network;
using Shunt.Testing.Nftables;

namespace Shunt.Kernel.Tests.Nftables;

/// <summary>Session affinity with real connections: clients stay, while their endpoint lives and until they have been away too long.</summary>
[Trait("needs", "root")]
public sealed class AffinityTests
{
    private const string Vip = "10.96.0.1";
    private const int NodePort = 30080;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private readonly ServiceScript _cluster = new();

    [Fact]
    public async Task A_client_stays_whichever_way_it_comes_and_chooses_anew_when_its_endpoint_is_gone()
    {
        Root.SkipUnlessAvailable();
        await using var world = await NetworkNamespaces.CreateAsync(backends: 2, Ct);
        await using var first = EchoServer.Start(world.Backends[0], 8080, Protocol.Tcp);
        await using var second = EchoServer.Start(world.Backends[1], 8080, Protocol.Tcp);
        using var kernel = world.Node.Net.Run(() => new NftablesKernel(IpFamily.IPv4));
        var dataplane = NftablesFixture.Dataplane(kernel, NftablesFixture.Options());
        string one = world.Backends[0].V4.ToString(), two = world.Backends[1].V4.ToString();
        await SyncAsync(dataplane, 10800, one, two);

        var chosen = await ConnectAsync(world, Vip, 80);
        for (var i = 0; i < 10; i++) Assert.Equal(chosen, await ConnectAsync(world, Vip, 80));
        for (var i = 0; i < 10; i++) Assert.Equal(chosen, await ConnectAsync(world, NetworkNamespaces.NodeV4.ToString(), NodePort));

        var other = chosen == "backend-1" ? "backend-2" : "backend-1";
        await SyncAsync(dataplane, 10800, chosen == "backend-1" ? two : one);
        for (var i = 0; i < 5; i++) Assert.Equal(other, await ConnectAsync(world, Vip, 80));
        await SyncAsync(dataplane, 10800, one, two); // the first is back, and nobody moves
        for (var i = 0; i < 10; i++) Assert.Equal(other, await ConnectAsync(world, Vip, 80));
    }

    [Fact]
    public async Task A_new_process_keeps_every_client_with_its_endpoint()
    {
        Root.SkipUnlessAvailable();
        await using var world = await NetworkNamespaces.CreateAsync(backends: 2, Ct);
        await using var first = EchoServer.Start(world.Backends[0], 8080, Protocol.Tcp);
        await using var second = EchoServer.Start(world.Backends[1], 8080, Protocol.Tcp);
        string one = world.Backends[0].V4.ToString(), two = world.Backends[1].V4.ToString();
        using var kernel = world.Node.Net.Run(() => new NftablesKernel(IpFamily.IPv4));
        await SyncAsync(NftablesFixture.Dataplane(kernel, NftablesFixture.Options()), 10800, one, two);
        var chosen = new Dictionary<int, string>();
        for (var client = 1; client <= 20; client++) chosen[client] = await ConnectAsync(world, Vip, 80, client);

        await SyncAsync(NftablesFixture.Dataplane(kernel, NftablesFixture.Options()), 10800, one, two, "10.244.9.9");
        await SyncAsync(NftablesFixture.Dataplane(kernel, NftablesFixture.Options()), 10800, one, two);

        foreach (var (client, endpoint) in chosen) Assert.Equal(endpoint, await ConnectAsync(world, Vip, 80, client));
        Assert.Equal(2, chosen.Values.Distinct().Count());
    }

    [Fact]
    public async Task Who_was_away_longer_than_the_timeout_is_forgotten_and_who_comes_again_is_not()
    {
        Root.SkipUnlessAvailable("nft");
        await using var world = await NetworkNamespaces.CreateAsync(backends: 1, Ct);
        await using var server = EchoServer.Start(world.Backends[0], 8080, Protocol.Tcp);
        using var kernel = world.Node.Net.Run(() => new NftablesKernel(IpFamily.IPv4));
        await SyncAsync(NftablesFixture.Dataplane(kernel, NftablesFixture.Options()), 2, world.Backends[0].V4.ToString());

        await ConnectAsync(world, Vip, 80);
        Assert.Contains("timeout 2s", await AffinityAsync(world), StringComparison.Ordinal);
        while ((await AffinityAsync(world)).Contains("timeout", StringComparison.Ordinal)) await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, Ct);

        Assert.Equal("backend-1", await ConnectAsync(world, Vip, 80));
        Assert.Contains("timeout 2s", await AffinityAsync(world), StringComparison.Ordinal);
    }

    private static async Task<string> AffinityAsync(NetworkNamespaces world)
    {
        var listing = (await world.Node.RunAsync("nft", ["list", "map", "ip", "shunt", "affinity"], null, Ct)).EnsureSuccess().Output;
        var elements = listing.IndexOf("elements", StringComparison.Ordinal);
        return elements < 0 ? "" : listing[elements..];
    }

    private static async Task<string> ConnectAsync(NetworkNamespaces world, string address, int port, int client = 0)
    {
        // Of addresses nobody has, the backends' answers come back by the node's route to the pod.
        if (client > 0) await world.Node.IpAsync($"route replace 10.244.50.{client}/32 via {world.Pod.V4} dev pod5 onlink\n", Ct);
        if (client > 0) await world.Pod.Namespace.IpAsync($"addr replace 10.244.50.{client}/32 dev lo\n", Ct);
        var source = client > 0 ? IPAddress.Parse($"10.244.50.{client}") : null;
        return (await Client.ConnectAsync(world.Pod.Namespace.Net, new IPEndPoint(IPAddress.Parse(address), port), Protocol.Tcp, source, Ct)).Server;
    }

    private async Task SyncAsync(Backends.IDataplane dataplane, int timeout, params IReadOnlyList<string> endpoints)
    {
        var port = new ServicePort
        {
            Name = new ServicePortName("ns", "web", "http", Protocol.Tcp),
            ClusterIp = IpAddr.Parse(Vip),
            Port = 80,
            NodePort = NodePort,
            Affinity = new SessionAffinity(true, timeout),
        };
        _cluster.Set(port, endpoints);
        var state = _cluster.Snapshot() with { NodePortAddresses = new NodePortAddresses { Addresses = [IpAddr.Parse(NetworkNamespaces.NodeV4.ToString())] } };
        Assert.Empty((await (await dataplane.PlanAsync(state, Ct)).ApplyAsync(Ct)).Refused);
        _cluster.Commit(state);
    }
}
