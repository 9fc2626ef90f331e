using Shunt.Testing;
using Shunt.Testing.Agent;
using Shunt.Testing.Network;

namespace Shunt.Kernel.Tests.Iptables;

/// <summary>Somebody else at the same rules: what is ours comes back, what is theirs stays.</summary>
[Trait("needs", "root")]
public sealed class RepairTests
{
    private const string Foreign = """
        *mangle
        :KUBE-IPTABLES-HINT - [0:0]
        :KUBE-KUBELET-CANARY - [0:0]
        COMMIT
        *nat
        :KUBE-KUBELET-CANARY - [0:0]
        :CNI-HOSTPORT - [0:0]
        -A POSTROUTING -s 10.244.0.0/16 ! -d 10.244.0.0/16 -j MASQUERADE
        -A PREROUTING -p tcp -m tcp --dport 8888 -j CNI-HOSTPORT
        -A CNI-HOSTPORT -p tcp -j DNAT --to-destination 10.244.1.9:80
        COMMIT
        *filter
        :KUBE-FIREWALL - [0:0]
        :KUBE-KUBELET-CANARY - [0:0]
        :KUBE-ROUTER - [0:0]
        -A INPUT -j KUBE-FIREWALL
        -A OUTPUT -j KUBE-FIREWALL
        -A FORWARD -s 10.244.0.0/16 -j ACCEPT
        -A KUBE-ROUTER -j RETURN
        -A KUBE-FIREWALL ! -s 127.0.0.0/8 -d 127.0.0.0/8 -m comment --comment "block incoming localnet connections" -m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT -j DROP
        COMMIT

        """;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    // 07 row 145, 295
    [Theory]
    [InlineData("nft", "restore", "nat")]
    [InlineData("nft", "restore", "mangle,nat,filter")]
    [InlineData("legacy", "restore", "nat")]
    [InlineData("legacy", "direct", "nat")]
    [InlineData("legacy", "direct", "filter")]
    [InlineData("legacy", "direct", "mangle,nat,filter")]
    public async Task Flushed_rules_come_back(string variant, string writer, string tables)
    {
        Root.SkipUnlessAvailable($"iptables-{variant}");
        await using var at = await ScratchNamespace.CreateAsync("flush", Ct);
        using var manifests = SomeCluster();
        await using var agent = ShuntAgent.Start(
            at, ["run", "--iptables-sync-period", "1s", "--iptables-min-sync-period", "10ms", "-v", "2", "--shunt-iptables-writer", writer, .. manifests.Flags(variant)]);
        await agent.WaitForAsync("SyncProxyRules complete\" ipFamily=\"IPv4\"", Ct);
        await agent.WaitForAsync("SyncProxyRules complete\" ipFamily=\"IPv6\"", Ct);
        var before = await SaveAsync(at, variant);

        foreach (var table in tables.Split(','))
        {
            (await at.RunAsync($"iptables-{variant}", ["-t", table, "-F"], null, Ct)).EnsureSuccess();
            await at.RunAsync($"iptables-{variant}", ["-t", table, "-X"], null, Ct); // what was mended meanwhile cannot go
        }

        await agent.WaitForAsync("Reloading after iptables flush\" ipFamily=\"IPv4\"", Ct);
        await agent.WaitForAsync("SyncProxyRules complete\" ipFamily=\"IPv4\"", Ct);
        await BecomesAsync(before, at, variant);
    }

    // The kernel tells of every change in nf_tables, so what is broken is mended at once, and who broke it is said.
    [Theory]
    [InlineData("iptables -t nat -F")]
    [InlineData("iptables -t nat -F; iptables -t nat -X")]
    [InlineData("iptables -F; iptables -X; iptables -t nat -F; iptables -t nat -X; iptables -t mangle -X")]
    [InlineData("iptables -t nat -F KUBE-SERVICES")]
    [InlineData("iptables -D FORWARD 1")]
    [InlineData("iptables -t nat -D PREROUTING 1; iptables -t nat -D OUTPUT 1")]
    [InlineData("iptables -t nat -A KUBE-SERVICES -p tcp -j RETURN")]
    [InlineData("iptables -t nat -I KUBE-MARK-MASQ -j ACCEPT")]
    [InlineData("nft delete table ip nat")]
    [InlineData("nft delete table ip filter")]
    [InlineData("nft flush ruleset")]
    public async Task What_somebody_breaks_is_mended_and_named(string commands)
    {
        Root.SkipUnlessAvailable("iptables-nft", "nft");
        await using var at = await ScratchNamespace.CreateAsync("broken", Ct);
        using var manifests = SomeCluster();
        await using var agent = ShuntAgent.Start(
            at, ["run", "--iptables-sync-period", "1h", "--iptables-min-sync-period", "10ms", "-v", "2", "--shunt-iptables-writer", "direct", .. manifests.Flags("nft")]);
        await agent.WaitForAsync("SyncProxyRules complete\" ipFamily=\"IPv4\"", Ct);
        await agent.WaitForAsync("SyncProxyRules complete\" ipFamily=\"IPv6\"", Ct);
        var before = await SaveAsync(at, "nft");

        await at.RunAsync("sh", ["-c", commands.Replace("iptables ", "iptables-nft ", StringComparison.Ordinal)], null, Ct);

        var line = await agent.WaitForAsync("Somebody else changed rules of ours; repairing them\" mode=\"iptables\" ipFamily=\"IPv4\"", Ct);
        Assert.Contains(commands.StartsWith("nft", StringComparison.Ordinal) ? "process=\"nft\"" : "process=\"iptables", line, StringComparison.Ordinal);
        await BecomesAsync(before, at, "nft");
    }

    [Fact]
    public async Task What_others_do_with_their_own_rules_is_not_looked_into()
    {
        Root.SkipUnlessAvailable("iptables-nft");
        await using var at = await ScratchNamespace.CreateAsync("others", Ct);
        using var manifests = SomeCluster();
        await using var agent = ShuntAgent.Start(
            at, ["run", "--iptables-min-sync-period", "10ms", "-v", "4", "--shunt-iptables-writer", "direct", .. manifests.Flags("nft")]);
        await agent.WaitForAsync("SyncProxyRules complete\" ipFamily=\"IPv6\"", Ct);
        foreach (var command in new[] { "-N CNI-1", "-A CNI-1 -j RETURN", "-A POSTROUTING -j CNI-1", "-D POSTROUTING -j CNI-1", "-F CNI-1", "-X CNI-1" })
            (await at.RunAsync("sh", ["-c", $"iptables-nft -t nat {command}"], null, Ct)).EnsureSuccess();

        // What comes after them is heard after them.
        (await at.RunAsync("iptables-nft", ["-t", "nat", "-F", "KUBE-MARK-MASQ"], null, Ct)).EnsureSuccess();
        var line = await agent.WaitForAsync("Somebody else changed", Ct);
        Assert.Contains("KUBE-MARK-MASQ", line, StringComparison.Ordinal);
        Assert.DoesNotContain("CNI", line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nft")]
    [InlineData("legacy")]
    public async Task A_foreign_rule_in_a_chain_of_ours_vanishes_at_the_next_start(string variant)
    {
        Root.SkipUnlessAvailable($"iptables-{variant}");
        await using var at = await ScratchNamespace.CreateAsync("foreign", Ct);
        using var manifests = SomeCluster();
        (await ShuntAgent.RunAsync(at, ["run", "--once", .. manifests.Flags(variant)], Ct)).EnsureSuccess();
        var before = await SaveAsync(at, variant);
        (await at.RunAsync($"iptables-{variant}", ["-t", "nat", "-I", "KUBE-SERVICES", "-p", "tcp", "--dport", "80", "-j", "RETURN"], null, Ct)).EnsureSuccess();
        Assert.NotEqual(before, await SaveAsync(at, variant));

        (await ShuntAgent.RunAsync(at, ["run", "--once", .. manifests.Flags(variant)], Ct)).EnsureSuccess();

        Assert.Equal(before, await SaveAsync(at, variant));
    }

    // 07 row 143
    [Theory]
    [InlineData("nft")]
    [InlineData("legacy")]
    public async Task What_others_have_survives_running_and_cleaning_up(string variant)
    {
        Root.SkipUnlessAvailable($"iptables-{variant}");
        await using var at = await ScratchNamespace.CreateAsync("cleanup", Ct);
        using var manifests = SomeCluster();
        (await at.RunAsync($"iptables-{variant}-restore", ["--noflush"], Foreign, Ct)).EnsureSuccess();
        var before = await SaveAsync(at, variant);

        (await ShuntAgent.RunAsync(at, ["run", "--once", .. manifests.Flags(variant)], Ct)).EnsureSuccess();
        var running = await SaveAsync(at, variant);
        Assert.Empty(before.Except(running));
        Assert.Contains(running, static line => line.Contains("KUBE-SVC-", StringComparison.Ordinal));
        (await ShuntAgent.RunAsync(at, ["cleanup", "--shunt-iptables-variant", variant], Ct)).EnsureSuccess();

        Assert.Equal(before, await SaveAsync(at, variant));
        (await ShuntAgent.RunAsync(at, ["cleanup", "--shunt-iptables-variant", variant], Ct)).EnsureSuccess();
    }

    private static Manifests SomeCluster()
    {
        var manifests = new Manifests();
        manifests.Write(
            "all",
            Manifests.Service("web", "10.96.0.1", "TCP", "type: LoadBalancer, externalTrafficPolicy: Local, healthCheckNodePort: 32000, loadBalancerSourceRanges: [10.0.0.0/8]", 30080, "192.0.2.102"),
            Manifests.Slice("web", "TCP", "10.244.1.1*", "10.244.1.2"),
            Manifests.Service("dns", "10.96.0.2", "UDP", "type: NodePort, sessionAffinity: ClientIP", 30081),
            Manifests.Slice("dns", "UDP", "10.244.1.1", "10.244.1.2", "10.244.1.3"),
            Manifests.Service("empty", "10.96.0.3"));
        return manifests;
    }

    private static async Task BecomesAsync(List<string> expected, ScratchNamespace at, string variant)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!(await SaveAsync(at, variant)).SequenceEqual(expected) && TimeProvider.System.GetElapsedTime(start) < TimeSpan.FromSeconds(20))
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, Ct);
        Assert.Equal(expected, await SaveAsync(at, variant));
    }

    private static Task<List<string>> SaveAsync(ScratchNamespace at, string variant) => SavedRules.ReadAsync(at, $"iptables-{variant}", Ct);
}
