using Shunt.Testing;
using Shunt.Testing.Agent;

namespace Shunt.Kernel.Tests.Golden;

/// <summary>What happens to real packets is what happened to them under kube-proxy: all recorded flows, opened for real.</summary>
[Trait("needs", "root")]
public sealed class GoldenVerdictsTests
{
    /// <summary>Of each way into a Service one, in each family: settings decide about masquerading and where node ports are.</summary>
    private static readonly string[] WhatSettingsConcern =
    [
        "clusterip-3ep", "nodeport", "nodeport-udp", "nodeport-0ep", "nodeport-etp-local", "nodeport-etp-local-none", "lb-sourceranges",
        "lb-etp-local", "externalips", "itp-local", "dual-nodeport", "dual-lb", "six-nodeport-etp-local", "six-lb-sourceranges",
    ];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("nft")]
    [InlineData("legacy")]
    [InlineData("nft", "--shunt-iptables-dispatch", "tree")]
    [InlineData("legacy", "--shunt-iptables-dispatch", "tree")]
    [InlineData("nft", "--shunt-iptables-writer", "restore")]
    [InlineData("legacy", "--shunt-iptables-writer", "restore")]
    [InlineData("nftables")]
    public async Task Every_recorded_flow_meets_the_recorded_verdict(string mode, params string[] flags)
    {
        Root.SkipUnlessAvailable(mode == "nftables" ? "python3" : $"iptables-{mode}", "python3");
        var expected = Repository.GoldenOrSkip($"verdicts/{(mode == "nftables" ? mode : "iptables")}.json");
        await using var world = await PacketProbe.UpAsync(mode, Ct);

        (await world.SyncAsync([.. ShuntAgent.ModeFlags(mode), .. flags, .. GoldenCluster.Flags], Ct)).EnsureSuccess();

        await world.AssertSameVerdictsAsync(expected, await world.ProbeAsync(Ct), Ct);
    }

    [Fact]
    public async Task Taking_over_removes_kube_proxys_tables_and_beside_them_the_verdicts_are_the_same()
    {
        Root.SkipUnlessAvailable("nft", "python3");
        var expected = Repository.GoldenOrSkip("verdicts/nftables.json");
        await using var world = await PacketProbe.UpAsync("takeover", Ct);
        await world.LoadAsync("nftables/full", Ct);

        var plan = await world.RunAsync(["plan", "--from", world.Cluster, "--proxy-mode", "nftables", .. GoldenCluster.Flags], Ct);
        Assert.Equal(2, plan.ExitCode);
        Assert.Equal(["table ip kube-proxy", "table ip6 kube-proxy"], await world.TablesAsync(Ct));

        (await world.SyncAsync(["--proxy-mode", "nftables", .. GoldenCluster.Flags], Ct)).EnsureSuccess();
        Assert.Equal(["table ip shunt", "table ip6 shunt"], await world.TablesAsync(Ct));

        // As while taking over: both tables at once.
        await world.LoadAsync("nftables/full", Ct);
        await world.AssertSameVerdictsAsync(expected, await world.ProbeAsync(Ct), Ct);
    }

    /// <summary>Kube-proxy's own rules under a setting, and ours under the same configuration file, treat every packet alike.</summary>
    [Theory]
    [InlineData("clustercidr-none")]
    [InlineData("clustercidr-v4only")]
    [InlineData("detect-nodecidr")]
    [InlineData("detect-prefix")]
    [InlineData("masqueradeBit5")]
    [InlineData("nodeportaddr-any")]
    [InlineData("nodeportaddr-cidr")]
    public async Task A_setting_has_the_verdicts_kube_proxys_rules_have_under_it(string setting)
    {
        Root.SkipUnlessAvailable("nft", "python3");
        var config = Repository.GoldenOrSkip($"variants/{setting}-nftables.kube-proxy-config.yaml");
        await using var world = await PacketProbe.UpAsync("setting", Ct);
        await world.LoadAsync($"variants/{setting}-nftables", Ct);
        var expected = await world.ProbeAsync(Ct, WhatSettingsConcern, tries: 60); // enough to meet each of three endpoints
        await world.FlushAsync(Ct);

        (await world.SyncAsync(["--config", config], Ct)).EnsureSuccess();

        await world.AssertSameVerdictsAsync(expected, await world.ProbeAsync(Ct, WhatSettingsConcern), Ct);
    }
}
