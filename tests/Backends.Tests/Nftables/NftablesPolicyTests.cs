using Shunt.Backends.Nftables;
using Shunt.Backends.Tests.Tracing;
using Shunt.Model;
using Shunt.Testing.Builders;
using Shunt.Testing.Nftables;
using Shunt.Testing.Tracing;

namespace Shunt.Backends.Tests.Nftables;

/// <summary>Law 5: the rules do to every packet what the reference balancer, which knows no rules, says of it.</summary>
public sealed class NftablesPolicyTests
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 25), Random.Shared.Next()];

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Rules_and_reference_balancer_agree_on_every_packet(int seed)
    {
        var random = new RandomObjects(seed);
        var family = random.Chance(60) ? IpFamily.IPv4 : IpFamily.IPv6;
        var state = PolicyLaw.RandomState(random, family);
        state = state with { NodePortAddresses = state.NodePortAddresses.WithoutLoopback() };
        var rules = PolicyLaw.RandomRules(random, family, state.NodePortAddresses) with { NftablesMode = true, LocalhostNodePorts = false };
        if (random.Chance(50)) state = state with { ServiceCidrs = [IpPrefix.Parse(family == IpFamily.IPv4 ? "10.96.0.0/28" : "fd00:96::/112")] };

        await AssertAgreeAsync(seed, state, rules);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task They_agree_where_services_get_in_each_others_way(int seed)
    {
        var family = seed % 2 == 0 ? IpFamily.IPv4 : IpFamily.IPv6;
        var cluster = NftablesLaws.Cluster(seed, family);
        cluster.Change(30);
        var rules = PolicyLaw.RandomRules(new RandomObjects(seed), family, NodePortAddresses.Everywhere) with { NftablesMode = true, LocalhostNodePorts = false };

        await AssertAgreeAsync(seed, cluster.Snapshot(), rules);
    }

    [Fact]
    public async Task Rules_do_to_packets_what_became_of_them_under_kube_proxy()
    {
        var cluster = await GoldenCluster.LoadOrSkipAsync("nftables", Ct);
        var v4 = await TracerAsync(cluster.IPv4, cluster.Rules(IpFamily.IPv4));
        var v6 = await TracerAsync(cluster.IPv6, cluster.Rules(IpFamily.IPv6));

        var differences = cluster.Differences(flow => (flow.Packet.Destination.Family == IpFamily.IPv4 ? v4 : v6).Trace(flow.Packet));

        Assert.True(differences.Count == 0, string.Join(Environment.NewLine, differences.Take(20)));
    }

    private static async Task AssertAgreeAsync(int seed, DesiredState state, TrafficRules rules)
    {
        var priority = seed % 3 == 0 ? 0 : 0xE0000002 | (uint)(seed % 2) << 28; // what others leave there says nothing to us
        var tracer = await TracerAsync(state, rules, priority);

        var differences = PolicyLaw.Differences(state, rules, tracer.Trace, anyClaimant: false);

        Assert.True(differences.Count == 0, $"seed {seed}: {string.Join(Environment.NewLine, differences.Take(10))}");
    }

    private static async Task<NftablesTracer> TracerAsync(DesiredState state, TrafficRules rules, uint priority = 0)
    {
        var options = new NftablesOptions { Family = state.Family, Detector = rules.LocalDetector, MasqueradeAll = rules.MasqueradeAll };
        var kernel = new FakeNftables();
        await (await NftablesFixture.Dataplane(kernel, options).PlanAsync(state, Ct)).ApplyAsync(Ct);
        return new NftablesTracer(kernel.Ruleset(), rules.LocalAddresses) { Priority = priority };
    }
}
