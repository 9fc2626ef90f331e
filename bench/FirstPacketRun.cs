using Shunt.Model;

namespace Shunt.Bench;

/// <summary>
/// What the rules cost the first packet of a connection; all others cost the same whatever the rules are. Each way is measured in turn, round by
/// round, and the best round counts: the others were disturbed.
/// </summary>
internal sealed class FirstPacketRun : IAsyncDisposable
{
    private const int Packets = 1_000;
    private const int Services = 10_000;
    private const int Counts = 40;
    private const int ThreeEndpoints = 17; // the Service that has them
    private const double GoalMilliseconds = 0.002;
    private const string OneRule = "first packet, one dnat rule";

    private const string Conntrack =
        "table ip bench { chain forward { type filter hook forward priority 0; ct state established accept; }; }\n";

    private const string Dnat =
        "table ip bench { chain prerouting { type nat hook prerouting priority -100; ip daddr 10.96.0.0 tcp dport 80 dnat to 10.128.0.1:8080; }; }\n";

    private readonly List<IAsyncDisposable> _routers = [];
    private readonly List<ModeNode> _nodes = [];
    private readonly List<Way> _ways = [];

    private FirstPacketRun()
    {
    }

    /// <summary>Measures all ways.</summary>
    public static async Task<IReadOnlyList<NftablesResult>> RunAsync(int rounds)
    {
        await using var run = new FirstPacketRun();
        await run.BuildAsync();
        foreach (var way in run._ways) way.Check();
        for (var round = 0; round < rounds; round++)
        {
            foreach (var way in run._ways) way.Times.Add(way.Router.Send(way.To, Packets));
        }

        var one = run._ways.Single(static way => way.Name == OneRule).Times;
        return [.. run._ways.Select(way => way.Result(one))];
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes) node.Dispose();
        foreach (var router in _routers) await router.DisposeAsync();
    }

    private async Task BuildAsync()
    {
        var plain = await RouterAsync();
        (await plain.Router.RunAsync("nft", ["-f", "-"], Conntrack, CancellationToken.None)).EnsureSuccess();
        Add("first packet, only conntrack", plain, 0, 0, 0);
        var one = await RouterAsync();
        (await one.Router.RunAsync("nft", ["-f", "-"], Dnat, CancellationToken.None)).EnsureSuccess();
        Add(OneRule, one, 0, 1, 1);

        var large = await TableAsync(new SizedCluster(Services, static i => i == ThreeEndpoints ? 3 : 2));
        Add("first packet, first Service", large, 0, Services, 2);
        Add("first packet, Service in the middle", large, Services / 2, Services, 2);
        Add("first packet, last Service", large, Services - 1, Services, 2);
        Add("first packet, Service with 3 endpoints", large, ThreeEndpoints, Services, 3);

        var many = await TableAsync(new SizedCluster(Counts, static i => i + 1));
        Add("first packet, 16 endpoints of 40 counts", many, 15, Counts, 16);
        Add("first packet, 40 endpoints of 40 counts", many, 39, Counts, 40);
    }

    private void Add(string name, FirstPacketRouter router, int service, int services, int endpoints) =>
        _ways.Add(new Way(name, router, SizedCluster.ClusterIp(service), services, endpoints));

    private async Task<FirstPacketRouter> RouterAsync()
    {
        var router = await FirstPacketRouter.CreateAsync();
        _routers.Add(router);
        return router;
    }

    private async Task<FirstPacketRouter> TableAsync(SizedCluster cluster)
    {
        var router = await RouterAsync();
        var node = new ModeNode(router.Router, cluster, BenchMode.Nftables);
        _nodes.Add(node);
        await node.LoadAsync();
        return router;
    }

    /// <summary>A way for a packet to go, and how long it took.</summary>
    private sealed record Way(string Name, FirstPacketRouter Router, IpAddr To, int Services, int Endpoints)
    {
        public SampledTimes Times { get; } = new();

        /// <summary>Packets that are dropped take no time.</summary>
        public void Check()
        {
            var before = Router.Forwarded();
            Router.Send(To, Packets);
            if (Router.Forwarded() - before < Packets) throw new InvalidOperationException($"{Name}: packets got lost");
        }

        public NftablesResult Result(SampledTimes one)
        {
            var result = new NftablesResult(Name, Services, Endpoints) { Ours = Times.Quietest, Median = Times.Median, Best = Times.Best };
            if (Services <= 1) return result;
            return result with
            {
                Peer = "one dnat rule",
                PeerUsual = one.Quietest,
                PeerBest = one.Best,
                Goal = "best < 2 µs over one dnat rule",
                GoalMet = Times.Best - one.Best < GoalMilliseconds,
            };
        }
    }
}
