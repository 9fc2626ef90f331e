using System.Collections.Immutable;
using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;
using Shunt.Model;
using Shunt.Proxy.State;
using Shunt.Proxy.Sync;
using Shunt.Testing.Builders;
using Shunt.Testing.Dataplanes;
using Shunt.Testing.Logging;

namespace Shunt.Proxy.Tests.Sync;

/// <summary>A sync loop over two fake dataplanes, a clock that stands still, and a cluster the test speaks for.</summary>
internal sealed class SyncFixture
{
    private readonly Channel<WatchEvent> _events = Channel.CreateBounded<WatchEvent>(10_000);

    public SyncFixture(SyncSettings? settings = null, int? faultSeed = null)
    {
        Settings = settings ?? new SyncSettings();
        V4 = new FakeDataplane(IpFamily.IPv4, faultSeed);
        V6 = new FakeDataplane(IpFamily.IPv6, faultSeed + 1);
        Cluster = new ClusterState("test-node", Logger);
        Node = new NodeView(() => NodeInfo, (_, _) => NodePorts);
        Loop = new SyncLoop(Cluster, Node, Start, Settings, Time, Logger);
    }

    public SyncSettings Settings { get; }

    public FakeTimeProvider Time { get; } = new();

    public RecordingLogger Logger { get; } = new();

    /// <summary>What observers of syncs were told.</summary>
    public RecordingObserver Observer { get; } = new();

    public ClusterState Cluster { get; }

    public FakeDataplane V4 { get; }

    public FakeDataplane V6 { get; }

    public NodeInfo NodeInfo { get; set; } = new() { Name = "test-node" };

    public NodePortAddresses NodePorts { get; set; } = NodePortAddresses.Everywhere;

    public NodeView Node { get; }

    public SyncLoop Loop { get; }

    public ChannelReader<WatchEvent> Events => _events.Reader;

    /// <summary>Everything has been listed: these objects and no others.</summary>
    public SyncFixture Listed(params ClusterObject[] objects)
    {
        foreach (var kind in Enum.GetValues<ObjectKind>()) Write(Build.Listed(kind, [.. objects.Where(o => o.Kind == kind)]));
        return this;
    }

    public SyncFixture Put(params ClusterObject[] objects)
    {
        foreach (var item in objects) Write(new WatchEvent.Changed(item));
        return this;
    }

    public SyncFixture Delete(ClusterObject item)
    {
        Write(new WatchEvent.Deleted(item.Kind, item.Key));
        return this;
    }

    public void EndSource(Exception? error = null) => _events.Writer.Complete(error);

    /// <summary>Loads the cluster with a minute's patience, without the loop.</summary>
    public Task<bool> LoadAsync() =>
        ClusterLoader.LoadAsync(Cluster, Events, TimeSpan.FromMinutes(1), Time, TestContext.Current.CancellationToken);

    public ValueTask<TimeSpan?> TurnAsync() => Loop.TurnAsync(Events, TestContext.Current.CancellationToken);

    /// <summary>Lets time go by, with a turn of the loop whenever it wants one.</summary>
    public async Task PassAsync(TimeSpan duration)
    {
        var end = Time.GetUtcNow() + duration;
        while (true)
        {
            var due = await TurnAsync();
            var left = end - Time.GetUtcNow();
            if (due is null || due > left)
            {
                Time.Advance(left);
                return;
            }

            Time.Advance(due.Value);
        }
    }

    /// <summary>What should be in force for a family, computed afresh.</summary>
    public IReadOnlyDictionary<ServicePortName, ServiceEndpoints> Desired(IpFamily family) =>
        new SnapshotBuilder(family, Cluster).Build(NodeInfo, NodePorts).Services;

    /// <summary>A Service in both families with one endpoint in each; the number makes it unlike others.</summary>
    public static ClusterObject[] Service(int number, int endpoint = 1) =>
    [
        Build.Svc($"ns/svc{number}").ClusterIp($"172.30.{number / 250}.{(number % 250) + 1}", $"fd00:30::{number + 1:x}").Port(80).Object,
        Build.Slice($"ns/svc{number}-v4").For($"svc{number}").Port(8080).Endpoints($"10.1.{endpoint}.{(number % 250) + 1}").Object,
        Build.Slice($"ns/svc{number}-v6").For($"svc{number}").AddressType(IpFamily.IPv6).Port(8080).Endpoints($"fd00:1:{endpoint:x}::{number + 1:x}").Object,
    ];

    /// <summary>The name of such a Service's port.</summary>
    public static ServicePortName Name(int number) => Build.Spn($"ns/svc{number}");

    private ImmutableArray<FamilySync> Start(NodeInfo node) =>
    [
        new FamilySync(V4, new SnapshotBuilder(IpFamily.IPv4, Cluster), Settings, [Observer], Time, Logger),
        new FamilySync(V6, new SnapshotBuilder(IpFamily.IPv6, Cluster), Settings, [Observer], Time, Logger),
    ];

    private void Write(WatchEvent e) => Assert.True(_events.Writer.TryWrite(e));
}
