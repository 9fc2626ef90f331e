using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Shunt.Backends;
using Shunt.Model;
using Shunt.Proxy.Health;
using Shunt.Proxy.State;
using Shunt.Proxy.Sync;
using Shunt.Testing.Builders;
using Shunt.Testing.Logging;
using Shunt.Testing.Network;

namespace Shunt.Proxy.Tests.Health;

/// <summary>A cluster, syncs of it that succeed, and health checks that listen on loopback.</summary>
internal sealed class HealthFixture : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static int _count;

    private readonly CancellationTokenSource _ending = new();
    private readonly Dictionary<IpFamily, SnapshotBuilder> _builders;
    private readonly Dictionary<IpFamily, DesiredState> _previous = [];
    private Task? _running;

    /// <param name="cluster">What is synced; an empty cluster when null.</param>
    /// <param name="nodeName">The node to see it from.</param>
    public HealthFixture(ClusterState? cluster = null, string nodeName = "test-node")
    {
        Cluster = cluster ?? ClusterStateExtensions.NewCluster();
        NodeInfo = new NodeInfo { Name = nodeName };
        _builders = new[] { IpFamily.IPv4, IpFamily.IPv6 }.ToDictionary(static family => family, family => new SnapshotBuilder(family, Cluster));
        Proxy = new ProxyHealth(TimeSpan.FromSeconds(10), Time);
        Checks = new ServiceHealthChecks(nodeName, Proxy, (service, why) => Failures.Enqueue($"{service}: {why}"), Time, new OneLogger(Logger));

        // An address of its own for each test, so that tests may use the same ports at the same time.
        var number = (Environment.ProcessId * 64) + (Interlocked.Increment(ref _count) * 2);
        V4 = IPAddress.Parse($"127.{(number >> 16 & 0x7F) + 1}.{number >> 8 & 0xFF}.{(number & 0xFF) | 1}");
        NodePorts = At(V4);
    }

    public static CancellationToken Ct => TestContext.Current.CancellationToken;

    public FakeTimeProvider Time { get; } = new(DateTimeOffset.Parse("2026-11-22T08:57:32.25Z", null));

    public RecordingLogger Logger { get; } = new();

    public ConcurrentQueue<string> Failures { get; } = new();

    public ClusterState Cluster { get; }

    public NodeInfo NodeInfo { get; set; }

    public NodePortAddresses NodePorts { get; set; }

    public ProxyHealth Proxy { get; }

    public ServiceHealthChecks Checks { get; }

    /// <summary>An IPv4 loopback address nobody else uses.</summary>
    public IPAddress V4 { get; }

    /// <summary>A port that was free a moment ago.</summary>
    public static ushort FreePort(IPAddress address)
    {
        using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(address, 0));
        return (ushort)((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    public ushort FreePort() => FreePort(V4);

    public static NodePortAddresses At(params IPAddress[] addresses) =>
        new() { Addresses = [.. addresses.Select(static a => IpAddr.FromBytes(a.GetAddressBytes())).Order()] };

    /// <summary>A LoadBalancer Service with one port and endpoints on this node.</summary>
    public static ClusterObject[] Service(string name, ushort healthPort, params string[] endpoints)
    {
        var slice = Build.Slice($"ns/{name}-1").For(name).Port(8080);
        foreach (var endpoint in endpoints) slice.Endpoint(endpoint, "test-node");
        return [Build.Svc($"ns/{name}").ClusterIp("10.9.0.1").Port(80).LoadBalancer("1.2.3.4").ExternalLocal(healthPort).Object, slice.Object];
    }

    /// <summary>A sync of a family that succeeds.</summary>
    public SyncReport Sync(IpFamily family = IpFamily.IPv4, params ServicePortName[] refused)
    {
        var built = _builders[family].Build(NodeInfo, NodePorts);
        _builders[family].Commit(built, refused);
        var report = new SyncReport
        {
            Desired = built,
            Previous = _previous.GetValueOrDefault(family),
            Result = new ApplyResult([.. refused.Select(static name => new Refusal(name, "no"))], 0),
            Elapsed = TimeSpan.FromMilliseconds(1),
        };
        _previous[family] = built;
        Proxy.Succeeded(report);
        Checks.Succeeded(report);
        return report;
    }

    public HealthFixture Run()
    {
        _running ??= Task.Run(() => Checks.RunAsync(_ending.Token), Ct);
        return this;
    }

    public Task<HttpExchange> AskAsync(ushort port, IPAddress? address = null) => HttpExchange.GetAsync(new IPEndPoint(address ?? V4, port), Ct);

    /// <summary>Asks until somebody listens and the answer is as wanted.</summary>
    public async Task<HttpExchange> AskUntilAsync(ushort port, Func<HttpExchange, bool>? wanted = null, IPAddress? address = null)
    {
        HttpExchange? answer = null;
        await UntilAsync(async () =>
        {
            try
            {
                answer = await AskAsync(port, address);
                return wanted is null || wanted(answer);
            }
            catch (SocketException)
            {
                return false;
            }
        });
        return answer!;
    }

    /// <summary>Waits until nobody listens.</summary>
    public Task UntilRefusedAsync(ushort port, IPAddress? address = null) => UntilAsync(async () => !await IsListeningAsync(port, address));

    public async Task<bool> IsListeningAsync(ushort port, IPAddress? address = null)
    {
        try
        {
            await AskAsync(port, address);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    public static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        deadline.CancelAfter(Patience);
        while (!await condition()) await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, deadline.Token);
    }

    public static Task UntilAsync(Func<bool> condition) => UntilAsync(() => Task.FromResult(condition()));

    /// <summary>Ends the health checks.</summary>
    public async Task EndAsync()
    {
        await _ending.CancelAsync();
        if (_running is not null) await _running;
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        _ending.Dispose();
    }

    private sealed class OneLogger(ILogger logger) : ILoggerFactory
    {
        public void AddProvider(ILoggerProvider provider)
        {
        }

        public ILogger CreateLogger(string categoryName) =>
            categoryName.StartsWith("Shunt", StringComparison.Ordinal) ? logger : NullLogger.Instance;

        public void Dispose()
        {
        }
    }
}
