using Shunt.Testing;
using Shunt.Testing.Agent;
using Shunt.Testing.Network;

namespace Shunt.Kernel.Tests.Golden;

/// <summary>In a fresh namespace the agent writes the rules that kube-proxy wrote.</summary>
[Trait("needs", "root")]
public sealed class GoldenRulesTests
{
    [Theory]
    [MemberData(nameof(GoldenCluster.Cases), MemberType = typeof(GoldenCluster))]
    public async Task A_case_alone_gives_kube_proxys_rules(string name, string variant)
    {
        Root.SkipUnlessAvailable("iptables", "python3");
        var from = Repository.GoldenOrSkip($"cases/{name}.json");
        var ct = TestContext.Current.CancellationToken;
        await using var at = await ScratchNamespace.CreateAsync("golden", ct);

        (await GoldenCluster.SyncAsync(at, variant, from, GoldenCluster.Flags, ct)).EnsureSuccess();

        await GoldenCluster.AssertSameRulesAsync(at, variant, $"iptables/{name}", ct);
    }

    [Theory]
    [InlineData("nft")]
    [InlineData("legacy")]
    public async Task All_cases_together_give_kube_proxys_rules_and_stay(string variant)
    {
        Root.SkipUnlessAvailable("iptables", "python3");
        var from = Repository.GoldenOrSkip("cluster.json");
        var ct = TestContext.Current.CancellationToken;
        await using var at = await ScratchNamespace.CreateAsync("golden", ct);

        (await GoldenCluster.SyncAsync(at, variant, from, GoldenCluster.Flags, ct)).EnsureSuccess();
        await GoldenCluster.AssertSameRulesAsync(at, variant, "iptables/full", ct);

        var again = (await GoldenCluster.SyncAsync(at, variant, from, [.. GoldenCluster.Flags, "-v", "2"], ct)).EnsureSuccess();
        Assert.Equal(2, again.Error.Split('\n').Count(static line => line.Contains("bytesSent=0", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("clustercidr-none", "--hostname-override", "peer-node")]
    [InlineData("clustercidr-v4only", "--hostname-override", "peer-node", "--cluster-cidr", "10.244.0.0/16")]
    [InlineData("detect-nodecidr", "--hostname-override", "peer-node", "--detect-local-mode", "NodeCIDR")]
    [InlineData("detect-prefix", "--hostname-override", "peer-node", "--detect-local-mode", "InterfaceNamePrefix", "--pod-interface-name-prefix", "veth")]
    [InlineData("masqueradeBit5", "--iptables-masquerade-bit", "5", "--hostname-override", "peer-node", "--cluster-cidr", "10.244.0.0/16,fd00:10:244::/56")]
    [InlineData("nodeportaddr-any", "--nodeport-addresses", "0.0.0.0/0,::/0", "--hostname-override", "peer-node", "--cluster-cidr", "10.244.0.0/16,fd00:10:244::/56")]
    [InlineData("nodeportaddr-cidr", "--nodeport-addresses", "198.51.100.0/24,fd00:c0de::/64", "--hostname-override", "peer-node", "--cluster-cidr", "10.244.0.0/16,fd00:10:244::/56")]
    public async Task A_setting_gives_the_rules_kube_proxy_had_under_it(string setting, params string[] flags)
    {
        Root.SkipUnlessAvailable("iptables", "python3");
        var from = Repository.GoldenOrSkip("cluster.json");
        var ct = TestContext.Current.CancellationToken;
        await using var at = await ScratchNamespace.CreateAsync("golden", ct);
        await at.IpAsync("link add eth0 type veth peer name eth1\naddr add 198.51.100.2/24 dev eth0\naddr add fd00:c0de::2/64 dev eth0 nodad\n", ct);

        (await GoldenCluster.SyncAsync(at, "legacy", from, flags, ct)).EnsureSuccess();

        await GoldenCluster.AssertSameRulesAsync(at, "legacy", $"variants/{setting}-iptables-legacy", ct);
    }

    [Theory]
    [InlineData("nft")]
    [InlineData("legacy")]
    public async Task Taking_over_from_kube_proxy_rewrites_nothing(string variant)
    {
        Root.SkipUnlessAvailable("iptables", "nfacct");
        var from = Repository.GoldenOrSkip("cluster.json");
        var ct = TestContext.Current.CancellationToken;
        await using var at = await ScratchNamespace.CreateAsync("golden", ct);
        foreach (var counter in new[] { "ct_state_invalid_dropped_pkts", "localhost_nps_accepted_pkts" })
            (await at.RunAsync("nfacct", ["add", counter], null, ct)).EnsureSuccess();
        foreach (var (family, program) in new[] { ("v4", "iptables"), ("v6", "ip6tables") })
        {
            var rules = await File.ReadAllTextAsync(Repository.GoldenOrSkip($"iptables/full.{family}.iptables-save"), ct);
            (await at.RunAsync($"{program}-{variant}-restore", [], rules, ct)).EnsureSuccess();
        }

        var plan = await ShuntAgent.RunAsync(at, ["plan", "--from", from, "--shunt-iptables-variant", variant, .. GoldenCluster.Flags], ct);

        Assert.True(plan.ExitCode == 0, plan.Output + plan.Error);
    }
}
