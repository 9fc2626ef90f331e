using System.Diagnostics;
using Shunt.Testing.Network;

namespace Shunt.Bench;

/// <summary>Loads and changes at one number of Services and endpoints.</summary>
internal sealed class NftablesSizeRun : IAsyncDisposable
{
    private const string PeerName = "nft -f, kube-proxy's layout";

    private const int PeerChanges = 20; // of each kind: they take long

    private static readonly ClusterChange[] Changes =
        [ClusterChange.EndpointAdded, ClusterChange.EndpointRemoved, ClusterChange.EndpointReplaced, ClusterChange.ServiceAdded, ClusterChange.ServiceRemoved];

    private readonly NftablesRunOptions _options;
    private readonly int _services;
    private readonly int _endpoints;
    private readonly ScratchNamespace _at;
    private readonly ScratchNamespace? _atPeer;
    private readonly ModeNode _node;
    private readonly KubeProxyNode? _peer;
    private readonly SampledTimes[] _fromEvent = [.. Changes.Select(static _ => new SampledTimes())];
    private readonly SampledTimes[] _fromDelta = [.. Changes.Select(static _ => new SampledTimes())];
    private readonly SampledTimes[] _ofPeer = [.. Changes.Select(static _ => new SampledTimes())];

    private NftablesSizeRun(NftablesRunOptions options, int services, int endpoints, ScratchNamespace at, ScratchNamespace? atPeer)
    {
        _options = options;
        (_services, _endpoints) = (services, endpoints);
        (_at, _atPeer) = (at, atPeer);
        var cluster = new SizedCluster(services, _ => endpoints);
        _node = new ModeNode(at, cluster, BenchMode.Nftables);
        if (atPeer is not null) _peer = new KubeProxyNode(atPeer, new KubeProxyNftables(cluster), services);
    }

    /// <summary>Makes a cluster, and namespaces in which there is nothing.</summary>
    public static async Task<NftablesSizeRun> StartAsync(NftablesRunOptions options, int services, int endpoints)
    {
        var at = await ScratchNamespace.CreateAsync("nft", CancellationToken.None);
        var atPeer = options.HasPeer(services, endpoints) ? await ScratchNamespace.CreateAsync("peer", CancellationToken.None) : null;
        return new NftablesSizeRun(options, services, endpoints, at, atPeer);
    }

    /// <summary>Does everything often enough, and long enough ago, for the code to be compiled as well as it ever is.</summary>
    public static async Task WarmUpAsync()
    {
        await using var run = await StartAsync(NftablesRunOptions.Parse(["--quick"]), 2_500, 2);
        for (var start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(6);)
        {
            await run._node.LoadAsync();
            for (var i = 0; i < 300; i++) await run.ChangeAsync(i);
            await run._node.ClearAsync();
        }
    }

    /// <summary>Loads everything, again and again, and leaves it there.</summary>
    public async Task<NftablesResult> LoadAsync()
    {
        var (wall, cpu, peer) = (new SampledTimes(), new SampledTimes(), new SampledTimes());
        for (var round = 0; round < _options.Loads; round++)
        {
            if (round > 0) await _node.ClearAsync();
            var (wallNow, cpuNow) = await _node.LoadAsync();
            wall.Add(wallNow);
            cpu.Add(cpuNow);
            if (_peer is null || peer.Count > 0 && _services > NftablesRunOptions.PeerServices) continue;
            if (round > 0) await _peer.ClearAsync();
            peer.Add(await _peer.LoadAsync());
        }

        var result = new NftablesResult("full load", _services, _endpoints) { Ours = wall.Median, Median = wall.Median, Best = wall.Best, Cpu = cpu.Median };
        result = (_services, _endpoints) switch
        {
            (10_000, 2) => result with { Goal = "CPU < 100 ms", GoalMet = cpu.Median < 100 },
            (44_000, 1) or (5_000, 50) => result with { Goal = "< 1 s", GoalMet = wall.Median < 1000 },
            _ => result,
        };
        return peer.Count == 0 ? result : result with { Peer = PeerName, PeerUsual = peer.Median, PeerBest = peer.Best };
    }

    /// <summary>Changes something, again and again.</summary>
    public async Task<IReadOnlyList<NftablesResult>> ChangeAsync()
    {
        var hasPeer = _peer is not null && _services <= NftablesRunOptions.PeerServices;
        for (var number = 0; number < _options.Changes; number++)
        {
            await ChangeAsync(number);
            if (hasPeer && number % (_options.Changes / PeerChanges) == 0) await ChangePeerAsync(number);
        }

        var results = new List<NftablesResult>();
        for (var i = 0; i < Changes.Length; i++)
        {
            results.Add(WithPeer(Result($"{Words(Changes[i])}, from delta", _fromDelta[i], "< 50 µs", 0.050), _ofPeer[i]));
            results.Add(Result($"{Words(Changes[i])}, from watch event", _fromEvent[i], "< 1 ms", 1));
        }

        return results;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _node.Dispose();
        await _at.DisposeAsync();
        if (_atPeer is not null) await _atPeer.DisposeAsync();
    }

    private async Task ChangeAsync(int number)
    {
        for (var i = 0; i < Changes.Length; i++)
        {
            var (fromEvent, fromDelta) = await _node.ChangeAsync(Changes[i], number);
            _fromEvent[i].Add(fromEvent);
            _fromDelta[i].Add(fromDelta);

            // Back to the first one: the next round begins as this one did.
            if (Changes[i] == ClusterChange.EndpointReplaced) await _node.ChangeAsync(ClusterChange.EndpointRemoved, number);
        }
    }

    private async Task ChangePeerAsync(int number)
    {
        for (var i = 0; i < Changes.Length; i++) _ofPeer[i].Add(await _peer!.ChangeAsync(Changes[i], number)); // only with a peer
    }

    private NftablesResult Result(string scenario, SampledTimes times, string goal, double limit) => new(scenario, _services, _endpoints)
    {
        Ours = times.Quietest,
        Median = times.Median,
        Best = times.Best,
        Goal = goal,
        GoalMet = times.Quietest < limit,
    };

    private static NftablesResult WithPeer(NftablesResult result, SampledTimes peer) =>
        peer.Count == 0 ? result : result with { Peer = PeerName, PeerUsual = peer.Quietest, PeerBest = peer.Best };

    private static string Words(ClusterChange change) => change switch
    {
        ClusterChange.EndpointReplaced => "endpoint replaced",
        ClusterChange.EndpointAdded => "endpoint added",
        ClusterChange.EndpointRemoved => "endpoint removed",
        ClusterChange.ServiceAdded => "Service added",
        _ => "Service removed",
    };
}
