using Shunt.Backends.Nftables;
using Shunt.Model;
using Shunt.Proxy.State;
using Shunt.Testing.Builders;
using Shunt.Testing.Nftables;
using Shunt.Testing.Tracing;
using static Shunt.Testing.Builders.Build;

namespace Shunt.Backends.Tests.Nftables;

/// <summary>The tracer against Services small enough to follow by eye (07 row 108), and clients with session affinity from packet to packet.</summary>
public sealed class NftablesTracerTests
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;

    private readonly FakeNftables _kernel = new();
    private readonly NftablesClients _clients = new();
    private readonly ClusterState _cluster = ClusterStateExtensions.NewCluster();
    private readonly SnapshotBuilder _builder;
    private readonly Dataplane<NftablesProgram, NftablesDelta> _dataplane;

    public NftablesTracerTests()
    {
        _builder = new SnapshotBuilder(IpFamily.IPv4, _cluster);
        _dataplane = NftablesFixture.Dataplane(_kernel, NftablesFixture.Options());
    }

    [Theory]
    [InlineData("10.0.0.2", "172.30.0.99:80", "DROP")] // nobody's cluster IP
    [InlineData("10.0.0.2", "172.31.0.99:80", "")] // nobody's
    [InlineData("10.0.0.2", "172.30.0.41:81", "REJECT")] // another port
    [InlineData("10.0.0.2", "172.30.0.42:80", "REJECT")] // no endpoints
    [InlineData("10.0.0.2", "172.30.0.43:80", "DROP")] // no endpoint here
    [InlineData("10.0.0.2", "172.30.0.41:80", "10.180.0.1:8080, 10.180.0.2:8080 u")]
    [InlineData("203.0.113.2", "172.30.0.41:80", "10.180.0.1:8080, 10.180.0.2:8080 m")]
    [InlineData("192.168.0.2", "172.30.0.41:80", "10.180.0.1:8080, 10.180.0.2:8080 m")]
    [InlineData("10.180.0.1", "172.30.0.41:80", "10.180.0.1:8080 m, 10.180.0.2:8080 u")]
    [InlineData("203.0.113.2", "192.168.0.2:3001", "10.180.0.1:8080, 10.180.0.2:8080 m")]
    [InlineData("203.0.113.2", "192.168.0.2:3002", "")]
    [InlineData("127.0.0.1", "127.0.0.1:3001", "")]
    public async Task Packets_come_where_the_rules_lead_them(string source, string to, string expected)
    {
        await SyncAsync(
            Svc("ns/a").Type(ServiceType.NodePort).ClusterIp("172.30.0.41").Port(80, nodePort: 3001).Object,
            Slice("ns/a-1").For("a").Port(8080).Endpoint("10.180.0.1", "test-node").Endpoints("10.180.0.2").Object,
            Svc("ns/b").ClusterIp("172.30.0.42").Port(80).Object,
            Svc("ns/c").ClusterIp("172.30.0.43").Port(80).InternalLocal().Object,
            Slice("ns/c-1").For("c").Port(8080).Endpoints("10.180.0.3").Object,
            ServiceCidr("kubernetes", "172.30.0.0/16"));

        Assert.Equal(expected, Trace(source, to));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(15)] // a list longer than the usual
    public async Task A_client_stays_with_its_endpoint_until_that_is_gone(int count)
    {
        var addresses = Enumerable.Range(1, count).Select(static i => $"10.180.0.{i}").ToArray();
        await SyncAsync(Svc("ns/a").ClusterIp("172.30.0.41").Port(80).Sticky().Object, Slice("ns/a-1").For("a").Port(8080).Endpoints(addresses).Object);
        Assert.Equal(count, Trace("10.0.0.2", "172.30.0.41:80").Split(',').Length);
        Assert.Equal(count, Trace("10.0.0.2", "172.30.0.41:80").Split(',').Length); // it was not sent
        _clients.Commit();

        var endpoint = Trace("10.0.0.2", "172.30.0.41:80");
        Assert.Single(endpoint.Split(','));
        Assert.Equal(count, Trace("10.0.0.3", "172.30.0.41:80").Split(',').Length); // another client

        await SyncAsync(Slice("ns/a-1").For("a").Port(8080).Endpoints([.. addresses.Where(address => !endpoint.StartsWith($"{address}:", StringComparison.Ordinal)), "10.180.1.1"]).Object);
        var others = Trace("10.0.0.2", "172.30.0.41:80");
        Assert.Equal(count, others.Split(',').Length);
        Assert.DoesNotContain(endpoint.Split(' ')[0], others, StringComparison.Ordinal);
        _clients.Commit();
        Assert.Single(Trace("10.0.0.2", "172.30.0.41:80").Split(','));
        Assert.Equal(1, _clients.Count);
    }

    [Fact]
    public async Task What_is_not_new_goes_its_way()
    {
        await SyncAsync(Svc("ns/a").ClusterIp("172.30.0.41").Port(80).Object);

        Assert.Equal("", Tracer().Trace(TracedPacket.Of(Protocol.Tcp, "10.0.0.2", "172.30.0.41:80") with { ConntrackState = "ESTABLISHED" }).ToString());
    }

    private NftablesTracer Tracer() => new(_kernel.Ruleset(), [Ip("192.168.0.2")]) { Clients = _clients };

    private string Trace(string source, string to) => Tracer().Trace(Protocol.Tcp, source, to);

    private async Task SyncAsync(params ClusterObject[] objects)
    {
        _cluster.Put(objects);
        var state = _builder.Build(ClusterStateExtensions.TestNode, NodePortAddresses.Everywhere);
        await (await _dataplane.PlanAsync(state, Ct)).ApplyAsync(Ct);
        _builder.Commit(state, []);
    }
}
