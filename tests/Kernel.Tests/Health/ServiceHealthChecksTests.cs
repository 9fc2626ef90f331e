using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Shunt.Backends;
using Shunt.Model;
using Shunt.Proxy.Health;
using Shunt.Proxy.State;
using Shunt.Proxy.Sync;
using Shunt.Testing;
using Shunt.Testing.Builders;
using Shunt.Testing.Network;
using static Shunt.Testing.Builders.Build;

namespace Shunt.Kernel.Tests.Health;

/// <summary>Health checks on a node with addresses of both families, as a load balancer sees them.</summary>
[Trait("needs", "root")]
public sealed class ServiceHealthChecksTests
{
    private const ushort Port = 31091;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly IPAddress V4 = IPAddress.Parse("198.51.100.2");
    private static readonly IPAddress OtherV4 = IPAddress.Parse("192.0.2.7");
    private static readonly IPAddress V6 = IPAddress.Parse("fd00:c0de::2");

    private readonly ClusterState _cluster = ClusterStateExtensions.NewCluster();
    private readonly Dictionary<IpFamily, SnapshotBuilder> _builders;
    private readonly Dictionary<IpFamily, DesiredState> _previous = [];

    public ServiceHealthChecksTests() =>
        _builders = new[] { IpFamily.IPv4, IpFamily.IPv6 }.ToDictionary(static family => family, family => new SnapshotBuilder(family, _cluster));

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_dual_stack_service_answers_in_each_family_with_its_own_count()
    {
        Root.SkipUnlessAvailable();
        await using var node = await ScratchNamespace.CreateAsync("health", Ct);
        await node.IpAsync($"addr add {V4}/32 dev lo\naddr add {OtherV4}/32 dev lo\naddr add {V6}/128 dev lo nodad\n", Ct);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var proxy = new ProxyHealth(TimeSpan.FromMinutes(1), TimeProvider.System);
        var checks = new ServiceHealthChecks("test-node", proxy, static (_, why) => Assert.Fail(why), TimeProvider.System, NullLoggerFactory.Instance)
        {
            Listen = address => node.Net.Run(() => HealthCheckSocket.Listen(address)),
        };
        var running = checks.RunAsync(ending.Token);

        // Everywhere is one socket for each family, and neither takes the other's connections.
        _cluster.Put(
            Svc("ns/web").ClusterIp("10.9.0.1", "fd00::1").Port(80).LoadBalancer("1.2.3.4").ExternalLocal(Port).Object,
            Slice("ns/web-4").For("web").Port(8080).Endpoint("10.1.0.1", "test-node").Object,
            Slice("ns/web-6").For("web").Port(8080).Endpoint("fd00:1::1", "test-node").Endpoint("fd00:1::2", "test-node").Object);
        Sync(checks, IpFamily.IPv6, NodePortAddresses.Everywhere);
        Assert.Equal("200 2", await WaitAsync(node, V6, "200 2"));
        Assert.Equal("refused", await AskAsync(node, V4));
        Sync(checks, IpFamily.IPv4, NodePortAddresses.Everywhere);
        Assert.Equal("200 1", await WaitAsync(node, V4, "200 1"));
        Assert.Equal("200 1", await AskAsync(node, OtherV4));
        Assert.Equal("200 2", await AskAsync(node, V6));

        // The endpoint of one family goes: the other family does not notice.
        _cluster.Put(Slice("ns/web-4").For("web").Port(8080).Endpoint("10.1.0.1", "test-node", EndpointState.Draining).Object);
        Sync(checks, IpFamily.IPv4, NodePortAddresses.Everywhere);
        Assert.Equal("503 0", await AskAsync(node, V4));
        Assert.Equal("200 2", await AskAsync(node, V6));

        // Only one address serves node ports from now on.
        Sync(checks, IpFamily.IPv4, new NodePortAddresses { Addresses = [IpAddr.Parse(V4.ToString())] });
        Assert.Equal("refused", await WaitAsync(node, OtherV4, "refused"));
        Assert.Equal("503 0", await WaitAsync(node, V4, "503 0"));

        await ending.CancelAsync();
        await running;
        Assert.Equal("refused", await AskAsync(node, V4));
        Assert.Equal("refused", await AskAsync(node, V6));
    }

    private void Sync(ServiceHealthChecks checks, IpFamily family, NodePortAddresses nodePorts)
    {
        var built = _builders[family].Build(ClusterStateExtensions.TestNode, nodePorts);
        _builders[family].Commit(built, []);
        checks.Succeeded(new SyncReport
        {
            Desired = built,
            Previous = _previous.GetValueOrDefault(family),
            Result = new ApplyResult([], 0),
            Elapsed = TimeSpan.Zero,
        });
        _previous[family] = built;
    }

    /// <summary>Asks until the answer is as wanted, or patience is at an end.</summary>
    private static async Task<string> WaitAsync(ScratchNamespace node, IPAddress address, string wanted)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var answer = await AskAsync(node, address);
            if (answer == wanted || TimeProvider.System.GetElapsedTime(start) > Patience) return answer;
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Ct);
        }
    }

    /// <summary>The status code and the weight, or "refused".</summary>
    private static async Task<string> AskAsync(ScratchNamespace node, IPAddress address)
    {
        try
        {
            var answer = await HttpExchange.GetAsync(node.Net, new IPEndPoint(address, Port), Ct);
            return $"{answer.Code} {answer["X-Load-Balancing-Endpoint-Weight"]}";
        }
        catch (SocketException)
        {
            return "refused";
        }
    }
}
