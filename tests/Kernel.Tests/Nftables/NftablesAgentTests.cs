using Shunt.Kernel.Tests.Iptables;
using Shunt.Testing;
using Shunt.Testing.Agent;
using Shunt.Testing.Network;

namespace Shunt.Kernel.Tests.Nftables;

/// <summary>The agent in nftables mode: it takes over from other modes and gives way to them, repairs at once, and cleans up.</summary>
[Trait("needs", "root")]
public sealed class NftablesAgentTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Changing_the_mode_takes_over_and_leaves_nothing_of_the_other()
    {
        Root.SkipUnlessAvailable("iptables-nft", "iptables-legacy", "nft");
        await using var at = await ScratchNamespace.CreateAsync("mode", Ct);
        using var manifests = SomeCluster();
        (await ShuntAgent.RunAsync(at, ["run", "--once", .. manifests.Flags("nft")], Ct)).EnsureSuccess();
        (await ShuntAgent.RunAsync(at, ["run", "--once", .. manifests.Flags("legacy")], Ct)).EnsureSuccess();
        (await at.RunAsync("nft", ["add table ip kube-proxy; add table ip6 kube-proxy; add table ip others"], null, Ct)).EnsureSuccess();

        (await ShuntAgent.RunAsync(at, Nftables(manifests, "auto", "run", "--once"), Ct)).EnsureSuccess();

        Assert.DoesNotContain(await SavedRules.ReadAsync(at, "iptables-nft", Ct), IsServices);
        Assert.DoesNotContain(await SavedRules.ReadAsync(at, "iptables-legacy", Ct), IsServices);
        Assert.Equal(["table ip others", "table ip shunt", "table ip6 shunt"], await TablesAsync(at));

        (await ShuntAgent.RunAsync(at, ["run", "--once", .. manifests.Flags("nft")], Ct)).EnsureSuccess();

        Assert.Contains(await SavedRules.ReadAsync(at, "iptables-nft", Ct), IsServices);
        Assert.Equal(["table ip others"], await TablesAsync(at));
    }

    [Fact]
    public async Task Cleaning_up_removes_what_any_mode_left_also_without_iptables()
    {
        Root.SkipUnlessAvailable("iptables-nft", "nft");
        await using var at = await ScratchNamespace.CreateAsync("cleanup", Ct);
        using var manifests = SomeCluster();
        (await ShuntAgent.RunAsync(at, ["run", "--once", .. manifests.Flags("nft")], Ct)).EnsureSuccess();
        (await at.RunAsync("nft", ["add table ip shunt; add table ip6 kube-proxy; add table ip others"], null, Ct)).EnsureSuccess();

        (await ShuntAgent.RunAsync(at, ["cleanup"], Ct)).EnsureSuccess();

        Assert.DoesNotContain(await SavedRules.ReadAsync(at, "iptables-nft", Ct), IsServices);
        Assert.Equal(["table ip others"], await TablesAsync(at));

        (await at.RunAsync("nft", ["add table ip shunt"], null, Ct)).EnsureSuccess();
        (await at.RunAsync("env", ["PATH=/nowhere", ShuntAgent.Path, "cleanup"], null, Ct)).EnsureSuccess();
        Assert.Equal(["table ip others"], await TablesAsync(at));
    }

    [Fact]
    public async Task A_table_that_somebody_deletes_is_back_at_once_and_the_log_says_who_it_was()
    {
        Root.SkipUnlessAvailable("nft");
        await using var at = await ScratchNamespace.CreateAsync("repair", Ct);
        using var manifests = SomeCluster();
        await using var agent = ShuntAgent.Start(at, [.. Nftables(manifests, "nft", "run", "-v", "2")]);
        await agent.WaitForAsync("SyncProxyRules complete\" ipFamily=\"IPv4\"", Ct);
        await agent.WaitForAsync("SyncProxyRules complete\" ipFamily=\"IPv6\"", Ct);

        (await at.RunAsync("nft", ["delete table ip shunt"], null, Ct)).EnsureSuccess();

        // Nothing that happens from time to time would be so soon: the period is half a minute, and the comparison comes once an hour.
        var line = await agent.WaitForAsync("Somebody else changed rules of ours", Ct);
        Assert.Contains("mode=\"nftables\" ipFamily=\"IPv4\"", line, StringComparison.Ordinal);
        Assert.Contains("process=\"nft\"", line, StringComparison.Ordinal);
        await agent.WaitForAsync("SyncProxyRules complete\" ipFamily=\"IPv4\"", Ct);
        Assert.Equal(["table ip shunt", "table ip6 shunt"], await TablesAsync(at));
    }

    private static string[] Nftables(Manifests manifests, string variant, params string[] command) =>
        [.. command, "--proxy-mode", "nftables", .. manifests.Flags(variant)];

    private static bool IsServices(string line) => line.Contains("KUBE-SERVICES", StringComparison.Ordinal);

    /// <summary>The tables there are but for those of iptables-nft.</summary>
    private static async Task<string[]> TablesAsync(ScratchNamespace at)
    {
        var tables = await at.RunAsync("nft", ["list", "tables"], null, Ct);
        tables.EnsureSuccess();
        return
        [
            .. tables.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Where(static line => line.Split(' ')[^1] is not ("mangle" or "filter" or "nat" or "raw")).Order(StringComparer.Ordinal),
        ];
    }

    private static Manifests SomeCluster()
    {
        var manifests = new Manifests();
        manifests.Write("all", Manifests.Service("web", "10.96.0.1"), Manifests.Slice("web", "TCP", "10.244.1.1*", "10.244.1.2"));
        return manifests;
    }
}
