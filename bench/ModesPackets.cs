namespace Shunt.Bench;

/// <summary>What the rules cost the first packet of a connection, to the first, the middle and the last Service, each way in turn.</summary>
/// <param name="mode">The mode.</param>
/// <param name="services">How many Services there are.</param>
internal sealed class ModesPackets(BenchMode mode, int services) : IAsyncDisposable
{
    /// <summary>The name of the way that is not ours.</summary>
    public const string Peer = "kube-proxy's rules";

    private const int Packets = 300;

    private readonly (string Name, int Service)[] _to = [("first", 0), ("middle", services / 2), ("last", services - 1)];
    private readonly List<Way> _ways = [];
    private readonly List<IAsyncDisposable> _owned = [];
    private readonly List<ModeNode> _nodes = [];

    /// <summary>Adds a way that is loaded.</summary>
    public void Add(string name, FirstPacketRouter router)
    {
        foreach (var (which, service) in _to) _ways.Add(new Way(name, which, service, router));
    }

    /// <summary>Adds a way, and loads it.</summary>
    public async Task AddAsync(string name, BenchMode other, SizedCluster cluster)
    {
        var router = await FirstPacketRouter.CreateAsync();
        _owned.Add(router);
        var node = new ModeNode(router.Router, cluster, other);
        _nodes.Add(node);
        await node.LoadAsync();
        Add(name, router);
    }

    /// <summary>Sends packets each way, round by round.</summary>
    /// <returns>The times of ours, and of the peer's for the same Service.</returns>
    public IEnumerable<(string Scenario, SampledTimes Ours, SampledTimes Peers)> Send(int rounds)
    {
        foreach (var way in _ways) way.Check(mode.Name);
        for (var round = 0; round < rounds; round++)
        {
            foreach (var way in _ways) way.Send();
        }

        return
            from way in _ways
            where way.Name != Peer
            let peer = _ways.FirstOrDefault(other => other.Name == Peer && other.Which == way.Which)
            select ($"first packet, {way.Which} service{way.Name}", way.Times, peer?.Times ?? new SampledTimes());
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes) node.Dispose();
        foreach (var owned in _owned) await owned.DisposeAsync();
    }

    /// <summary>A way for a packet to go, and how long it took.</summary>
    private sealed record Way(string Name, string Which, int Service, FirstPacketRouter Router)
    {
        public SampledTimes Times { get; } = new();

        public void Send() => Times.Add(Router.Send(SizedCluster.ClusterIp(Service), Packets));

        /// <summary>Packets that are dropped take no time.</summary>
        public void Check(string mode)
        {
            var before = Router.Forwarded();
            Router.Send(SizedCluster.ClusterIp(Service), Packets);
            if (Router.Forwarded() - before < Packets) throw new InvalidOperationException($"{mode}{Name}: packets to the {Which} Service got lost");
        }
    }
}
