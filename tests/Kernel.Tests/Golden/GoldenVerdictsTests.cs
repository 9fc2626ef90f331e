using System.Globalization;
using Shunt.Testing;
using Shunt.Kernel.Tests.Iptables;
using Shunt.Testing.Agent;

namespace Shunt.Kernel.Tests.Golden;

/// <summary>What happens to real packets is what happened to them under kube-proxy: all recorded flows, opened for real.</summary>
[Trait("needs", "root")]
public sealed class GoldenVerdictsTests
{
    [Theory]
    [InlineData("nft")]
    [InlineData("legacy")]
    [InlineData("nftables")]
    [InlineData("takeover")]
    public async Task Every_recorded_flow_meets_the_recorded_verdict(string variant)
    {
        Root.SkipUnlessAvailable("iptables", "python3", "nft");
        var ct = TestContext.Current.CancellationToken;
        var tool = Repository.GoldenOrSkip("../tools/packets.py");
        var cluster = Repository.GoldenOrSkip("cluster.json");
        var prefix = string.Create(CultureInfo.InvariantCulture, $"sp{Environment.ProcessId % 10000}{variant[0]}");
        var got = Path.GetTempFileName();
        try
        {
            (await CommandRunner.RunAsync("python3", [tool, "up", "--prefix", prefix], null, ct)).EnsureSuccess();
            if (variant == "takeover") await LoadKubeProxyAsync(prefix, ct);
            (await CommandRunner.RunInAsync($"{prefix}-node", ShuntAgent.Path,
                ["run", "--once", "--from", cluster, .. Manifests.Mode(variant), .. GoldenCluster.Flags], null, ct)).EnsureSuccess();
            (await CommandRunner.RunAsync("python3", [tool, "probe", cluster, "--prefix", prefix, "--out", got], null, ct)).EnsureSuccess();

            var diff = await CommandRunner.RunAsync("python3", [tool, "diff", Repository.GoldenOrSkip(variant is "nft" or "legacy" ? "verdicts/iptables.json" : "verdicts/nftables.json"), got], null, ct);

            Assert.True(diff.ExitCode == 0, diff.Output + diff.Error);
        }
        finally
        {
            await CommandRunner.RunAsync("python3", [tool, "down", "--prefix", prefix], null, CancellationToken.None);
            File.Delete(got);
        }
    }

    /// <summary>The tables of a kube-proxy that was in nftables mode; Shunt takes over from it.</summary>
    private static async Task LoadKubeProxyAsync(string prefix, CancellationToken ct)
    {
        foreach (var family in new[] { "v4", "v6" })
        {
            var table = Repository.GoldenOrSkip($"nftables/full.{family}.nft");
            (await CommandRunner.RunInAsync($"{prefix}-node", "nft", ["-f", table], null, ct)).EnsureSuccess();
        }
    }
}
