using System.Net;
using Shunt.Backends.Nftables;
using Shunt.Model;
using Shunt.Testing;
using Shunt.Testing.Network;
using Shunt.Testing.Nftables;

namespace Shunt.Kernel.Tests.Nftables;

/// <summary>Many source ranges cost what one costs: a set for each prefix length, and a lookup in each.</summary>
[Trait("needs", "root")]
public sealed class SourceRangeTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Among_thousands_of_ranges_the_right_clients_are_let_in()
    {
        Root.SkipUnlessAvailable();
        await using var world = await NetworkNamespaces.CreateAsync(backends: 1, Ct);
        await using var server = EchoServer.Start(world.Backends[0], 8080, Protocol.Tcp);
        using var kernel = world.Node.Net.Run(() => new NftablesKernel(IpFamily.IPv4));
        var dataplane = NftablesFixture.Dataplane(kernel, NftablesFixture.Options());
        var cluster = new ServiceScript();
        for (var i = 1; i <= 500; i++) Set(cluster, world, i, Ranges(i, 5));
        Set(cluster, world, 501, [.. Ranges(501, 2000), IpPrefix.Parse("203.0.113.0/29")]);
        Set(cluster, world, 502, Ranges(502, 2000));
        await SyncAsync();

        Assert.Equal((FlowOutcome.Answered, FlowOutcome.Drop, FlowOutcome.Drop), (await FromAsync(501), await FromAsync(502), await FromAsync(7)));

        Set(cluster, world, 501, Ranges(501, 2000));
        Set(cluster, world, 7, [IpPrefix.Parse("203.0.113.2/32")]);
        await SyncAsync();
        Assert.Equal((FlowOutcome.Drop, FlowOutcome.Answered), (await FromAsync(501), await FromAsync(7)));

        Set(cluster, world, 501, [IpPrefix.Parse("10.0.0.0/8"), IpPrefix.Parse("0.0.0.0/0")]);
        await SyncAsync();
        Assert.Equal(FlowOutcome.Answered, await FromAsync(501));

        async Task SyncAsync()
        {
            var state = cluster.Snapshot();
            Assert.Empty((await (await dataplane.PlanAsync(state, Ct)).ApplyAsync(Ct)).Refused);
            cluster.Commit(state);
        }

        async Task<FlowOutcome> FromAsync(int service) =>
            (await Client.ConnectAsync(world.Outside.Namespace.Net, new IPEndPoint(Vip(service), 80), Protocol.Tcp, null, Ct)).Outcome;
    }

    private static IPAddress Vip(int service) => IPAddress.Parse($"192.0.{2 + service / 250}.{service % 250 + 1}");

    private static IpPrefix[] Ranges(int service, int count) =>
        [.. Enumerable.Range(0, count).Select(i => new IpPrefix(IpAddr.FromV4((uint)(0x0B000000 + service * 65536 + i * 32)), 16 + i % 17)).Distinct()];

    private static void Set(ServiceScript cluster, NetworkNamespaces world, int service, IReadOnlyList<IpPrefix> ranges) => cluster.Set(
        new ServicePort
        {
            Name = new ServicePortName("ns", $"lb-{service}", "http", Protocol.Tcp),
            ClusterIp = IpAddr.Parse($"10.96.{service / 250}.{service % 250 + 1}"),
            Port = 80,
            LoadBalancerVips = [IpAddr.Parse(Vip(service).ToString())],
            LoadBalancerSourceRanges = [.. ranges],
        },
        world.Backends[0].V4.ToString());
}
