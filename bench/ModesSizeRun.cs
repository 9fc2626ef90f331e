using System.Diagnostics;

namespace Shunt.Bench;

/// <summary>One mode at one number of Services and endpoints, and beside it, in turn, kube-proxy's layout.</summary>
internal sealed class ModesSizeRun : IAsyncDisposable
{
    private const int MostAtOnce = 25; // changes of ours before the peer's turn
    private const int MostChangeRounds = 60;
    private const int CoreRounds = 7;

    private static readonly TimeSpan AtOnce = TimeSpan.FromMilliseconds(60);

    private static readonly (ClusterChange Change, string Scenario)[] Changes =
    [
        (ClusterChange.EndpointReplaced, ModesResult.EndpointChanged),
        (ClusterChange.ServiceAdded, ModesResult.ServiceAdded),
        (ClusterChange.ServiceRemoved, ModesResult.ServiceRemoved),
    ];

    private readonly ModesRunOptions _options;
    private readonly BenchMode _mode;
    private readonly (int Services, int Endpoints) _size;
    private readonly FirstPacketRouter _router;
    private readonly FirstPacketRouter? _peerRouter;
    private readonly ModeNode _node;
    private readonly KubeProxyNode? _peer;
    private int _number; // of the next change

    private ModesSizeRun(
        ModesRunOptions options, BenchMode mode, (int Services, int Endpoints) size, FirstPacketRouter router, FirstPacketRouter? peerRouter)
    {
        (_options, _mode, _size, _router, _peerRouter) = (options, mode, size, router, peerRouter);
        var cluster = NewCluster();
        _node = new ModeNode(router.Router, cluster, mode);
        if (peerRouter is not null) _peer = new KubeProxyNode(peerRouter.Router, mode.Layout(cluster), size.Services);
    }

    private bool HasSlowPeer => _size.Services * _size.Endpoints > _mode.PeerEveryRound;

    /// <summary>Measures everything, and gives each result when it is there.</summary>
    public static async IAsyncEnumerable<ModesResult> MeasureAsync(ModesRunOptions options, BenchMode mode, (int Services, int Endpoints) size)
    {
        await using var run = await StartAsync(options, mode, size);
        yield return run.Result(ModesResult.Generate, run.Generate());
        var (ours, peers) = await run.LoadAsync();
        yield return WithPeer(run.Result(ModesResult.FullSync, ours), mode.PeerName, peers);
        yield return run.Result(ModesResult.FullDiff, Sample(await run._node.Mode.DiffWithKernelAsync(run.NewCluster().Snapshot)));
        yield return run.Result(ModesResult.ChangeDiff, run.DiffOfChange());
        foreach (var result in await run.ChangeAsync()) yield return result;
        foreach (var result in await run.SendPacketsAsync()) yield return result;
    }

    /// <summary>Does everything often enough, and long enough ago, for the code to be compiled as well as it ever is.</summary>
    public static async Task WarmUpAsync(ModesRunOptions options, BenchMode mode)
    {
        await using var run = await StartAsync(options, mode, (100, 2));
        for (var start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start) < options.WarmUpTime;)
        {
            run.Generate();
            await run.LoadAsync();
            for (var i = 0; i < 10; i++) await run.ChangeOursAsync([.. Changes.Select(static _ => new SampledTimes())]);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _node.Dispose();
        await _router.DisposeAsync();
        if (_peerRouter is not null) await _peerRouter.DisposeAsync();
    }

    private static async Task<ModesSizeRun> StartAsync(ModesRunOptions options, BenchMode mode, (int Services, int Endpoints) size)
    {
        var most = options.PeerLarge ? mode.PeerAtAll : mode.PeerEveryRound;
        var router = await FirstPacketRouter.CreateAsync();
        return new ModesSizeRun(options, mode, size, router, size.Services * size.Endpoints <= most ? await FirstPacketRouter.CreateAsync() : null);
    }

    private SizedCluster NewCluster() => new(_size.Services, _ => _size.Endpoints);

    private SampledTimes Generate()
    {
        var snapshot = NewCluster().Snapshot;
        return Sample(() => _node.Mode.Generate(snapshot));
    }

    private SampledTimes DiffOfChange()
    {
        var cluster = NewCluster();
        cluster.Commit();
        var before = cluster.Snapshot;
        cluster.Take(cluster.Events(ClusterChange.EndpointReplaced, 1));
        return Sample(_node.Mode.DiffOfChange(before, cluster.Build()));
    }

    /// <summary>Loads everything, again and again, and leaves it there.</summary>
    private async Task<(SampledTimes Ours, SampledTimes Peers)> LoadAsync()
    {
        var (ours, peers) = (new SampledTimes(), new SampledTimes());
        for (var round = 0; round < _options.Loads(_size.Services, _size.Endpoints); round++)
        {
            await _node.ClearAsync();
            ours.Add((await _node.LoadAsync()).Wall);
            if (_peer is null || round > 0 && HasSlowPeer) continue;
            if (round > 0) await _peer.ClearAsync();
            peers.Add(await _peer.LoadAsync());
        }

        return (ours, peers);
    }

    private async Task<IEnumerable<ModesResult>> ChangeAsync()
    {
        SampledTimes[] ours = [.. Changes.Select(static _ => new SampledTimes())];
        SampledTimes[] peers = [.. Changes.Select(static _ => new SampledTimes())];
        var start = Stopwatch.GetTimestamp();
        for (var round = 0; round < MostChangeRounds; round++)
        {
            if (round >= _options.LeastChangeRounds && Stopwatch.GetElapsedTime(start) > _options.ChangeTime) break;
            await ChangeOursAsync(ours);
            for (var i = 0; i < Changes.Length && _peer is not null; i++) peers[i].Add(await _peer.ChangeAsync(Changes[i].Change, round));
        }

        return Changes.Select((change, i) => WithPeer(Result(change.Scenario, ours[i]), _mode.PeerName, peers[i]));
    }

    /// <summary>Ours may take so little that several are needed for every one of the peer's.</summary>
    private async Task ChangeOursAsync(SampledTimes[] times)
    {
        var start = Stopwatch.GetTimestamp();
        for (var n = 0; n == 0 || n < MostAtOnce && Stopwatch.GetElapsedTime(start) < AtOnce; n++, _number++)
        {
            for (var i = 0; i < Changes.Length; i++) times[i].Add((await _node.ChangeAsync(Changes[i].Change, _number)).FromDelta);
            await _node.ChangeAsync(ClusterChange.EndpointRemoved, _number); // back to the first one: the next round begins as this one did
        }
    }

    private async Task<IReadOnlyList<ModesResult>> SendPacketsAsync()
    {
        await using var packets = new ModesPackets(_mode, _size.Services);
        packets.Add("", _router);
        if (_peerRouter is not null) packets.Add(ModesPackets.Peer, _peerRouter);
        if (_mode.Tree is { } tree) await packets.AddAsync(", tree", tree, NewCluster());
        return [.. packets.Send(_options.PacketRounds).Select(
            way => WithPeer(Result(way.Scenario, way.Ours), ModesPackets.Peer, way.Peers))];
    }

    private static SampledTimes Sample(Action action)
    {
        var times = new SampledTimes();
        for (var round = 0; round < CoreRounds; round++)
        {
            // What takes microseconds is done many times at once.
            var start = Stopwatch.GetTimestamp();
            var count = 0;
            do action();
            while (++count < 1_000 && Stopwatch.GetElapsedTime(start).TotalMilliseconds < 5);
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds / count);
        }

        return times;
    }

    private ModesResult Result(string scenario, SampledTimes ours) => new(scenario, _mode.Name, _size.Services, _size.Endpoints, ours.Median);

    private static ModesResult WithPeer(ModesResult result, string name, SampledTimes peers) =>
        result with { Peer = name, PeerTime = peers.Count > 0 ? peers.Median : null };
}
