using System.Globalization;
using Shunt.Kernel.Tests.Iptables;
using Shunt.Model;
using Shunt.Testing;
using Shunt.Testing.Agent;
using Shunt.Testing.Network;

namespace Shunt.Kernel.Tests.Nftables;

/// <summary>Somebody else at our table: it is repaired at once, and the log says what differed and who did it.</summary>
[Trait("needs", "root")]
public sealed class NftablesRepairTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("flush ruleset", "table shunt")]
    [InlineData("delete table ip shunt", "table shunt")]
    [InlineData("delete element ip shunt internal { 10.96.0.1 . tcp . 80 }", "internal { 10.96.0.1 . tcp . 80")]
    [InlineData("flush chain ip shunt services", "chain services { meta priority set")]
    [InlineData("insert rule ip shunt services drop", "chain services { all rules }")]
    [InlineData("add rule ip shunt pick-many-endpoints drop", "chain pick-many-endpoints { all rules }")]
    [InlineData("add chain ip shunt mine { type filter hook input priority 5; policy drop; }", "chain mine")]
    [InlineData("add set ip shunt mine { type ipv4_addr; }", "set mine")]
    [InlineData("add element ip shunt cluster-ips { 10.96.9.9 }", "cluster-ips { 10.96.9.9 }")]
    [InlineData("add chain ip shunt nat-prerouting { policy drop; }", "table shunt")]
    [InlineData("delete chain ip shunt nat-prerouting", "chain nat-prerouting")]
    public async Task What_others_change_is_repaired_without_waiting_for_a_timer(string command, string differed)
    {
        Root.SkipUnlessAvailable("nft");
        await using var world = await NetworkNamespaces.CreateAsync(backends: 1, Ct);
        await using var server = EchoServer.Start(world.Backends[0], 8080, Protocol.Tcp);
        using var manifests = Cluster(world);
        await using var agent = ShuntAgent.Start(world.Node, ["run", "-v", "2", .. manifests.Flags("nftables")]);
        await agent.WaitForAsync("SyncProxyRules complete\" ipFamily=\"IPv6\"", Ct);
        var before = await ListAsync(world.Node);

        (await world.Node.RunAsync("nft", [command], null, Ct)).EnsureSuccess();

        var line = await agent.WaitForAsync("Somebody else changed rules of ours", Ct);
        Assert.Contains(differed, line.Replace("\\\"", "\"", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains("process=\"nft\"", line, StringComparison.Ordinal);
        await agent.WaitForAsync("SyncProxyRules complete\" ipFamily=\"IPv4\"", Ct);
        Assert.Equal(before, await ListAsync(world.Node));
        Assert.Equal("backend-1 kept", await Flows.ToAsync(world.Pod.Namespace, "10.96.0.1", 80, Protocol.Tcp, Ct, count: 2));
    }

    [Fact]
    public async Task Others_tables_are_others_business()
    {
        Root.SkipUnlessAvailable("nft");
        await using var world = await NetworkNamespaces.CreateAsync(backends: 1, Ct);
        using var manifests = Cluster(world);
        await using var agent = ShuntAgent.Start(world.Node, ["run", "-v", "4", .. manifests.Flags("nftables")]);
        await agent.WaitForAsync("SyncProxyRules complete\" ipFamily=\"IPv6\"", Ct);

        (await world.Node.RunAsync("nft", ["-f", "-"], "table ip mine { set s { type ipv4_addr; elements = { 10.0.0.1 } }\n chain c { accept; }\n }\n", Ct)).EnsureSuccess();
        manifests.Write("more", Manifests.Service("more", "10.96.0.2"));
        await agent.WaitForAsync("SyncProxyRules complete", Ct);

        Assert.DoesNotContain(agent.Seen, static line => line.Contains("Somebody else", StringComparison.Ordinal));
        Assert.Contains("table ip mine", (await world.Node.RunAsync("nft", ["list", "tables"], null, Ct)).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_keeps_deleting_is_answered_now_and_then()
    {
        Root.SkipUnlessAvailable("nft");
        await using var world = await NetworkNamespaces.CreateAsync(backends: 1, Ct);
        using var manifests = Cluster(world);
        await using var agent = ShuntAgent.Start(world.Node, ["run", "-v", "2", .. manifests.Flags("nftables")]);
        await agent.WaitForAsync("SyncProxyRules complete\" ipFamily=\"IPv6\"", Ct);
        var start = TimeProvider.System.GetTimestamp();
        const string script = "i=0; while [ $i -lt 300 ]; do nft flush map ip shunt internal; i=$((i+1)); done";

        (await world.Node.RunAsync("sh", ["-c", script], null, Ct)).EnsureSuccess();
        var seconds = TimeProvider.System.GetElapsedTime(start).TotalSeconds;
        manifests.Write("more", Manifests.Service("more", "10.96.0.2"), Manifests.Slice("more", "TCP", "10.244.9.9"));
        await Flows.BecomesAsync("Drop", world.Pod.Namespace, "10.96.0.2", 80, Protocol.Tcp, Ct, count: 1); // served: nobody has the endpoint's address

        var repairs = agent.Seen.Count(static line => line.Contains("Somebody else", StringComparison.Ordinal));
        Assert.True(repairs <= seconds + 3, string.Create(CultureInfo.InvariantCulture, $"{repairs} repairs in {seconds:F1} s"));
    }

    /// <summary>Prints how long each repair takes, from the end of the command to the line that says all is as it should be.</summary>
    [Fact]
    public async Task Two_thousand_services_are_repaired_without_waiting_for_a_timer_too()
    {
        Root.SkipUnlessAvailable("nft");
        await using var at = await ScratchNamespace.CreateAsync("repair", Ct);
        using var manifests = new Manifests();
        manifests.Write("all", [.. Enumerable.Range(0, 2000).SelectMany(static i => new[]
        {
            Manifests.Service($"web-{i}", $"10.96.{i / 250}.{i % 250 + 1}"),
            Manifests.Slice($"web-{i}", "TCP", $"10.244.{i / 250}.{i % 250 + 1}", $"10.245.{i / 250}.{i % 250 + 1}"),
        })]);
        await using var agent = ShuntAgent.Start(at, ["run", "--iptables-min-sync-period", "10ms", "--iptables-sync-period", "1h", "-v", "2", .. manifests.Flags("nftables")]);
        await agent.WaitForAsync("SyncProxyRules complete\" ipFamily=\"IPv6\"", Ct);
        var before = await ListAsync(at);
        string[] commands =
        [
            "flush ruleset", "delete table ip shunt", "delete element ip shunt internal { 10.96.3.7 . tcp . 80 }", "flush map ip shunt endpoints",
            "insert rule ip shunt services drop", "delete chain ip shunt nat-output",
        ];
        foreach (var command in commands)
        {
            await Task.Delay(TimeSpan.FromSeconds(2), TimeProvider.System, Ct); // or the pace of repairs would be measured
            (await at.RunAsync("nft", [command], null, Ct)).EnsureSuccess();
            var end = TimeProvider.System.GetLocalNow();
            var noticed = await agent.WaitForAsync("Somebody else changed rules of ours; repairing them\" mode=\"nftables\" ipFamily=\"IPv4\"", Ct);
            var repaired = await agent.WaitForAsync("SyncProxyRules complete\" ipFamily=\"IPv4\"", Ct);

            TestContext.Current.TestOutputHelper?.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{command}: noticed after {After(end, noticed):F0} ms, repaired after {After(end, repaired):F0} ms"));
            Assert.Contains("process=\"nft\"", noticed, StringComparison.Ordinal);
            Assert.Equal(before, await ListAsync(at));
        }

        static double After(DateTimeOffset end, string line) =>
            (DateTime.ParseExact(line[1..21], "MMdd HH:mm:ss.ffffff", CultureInfo.InvariantCulture).TimeOfDay - end.TimeOfDay).TotalMilliseconds;
    }

    private static Manifests Cluster(NetworkNamespaces world)
    {
        var manifests = new Manifests();
        manifests.Write(
            "all",
            Manifests.Service("web", "10.96.0.1", "TCP", "type: LoadBalancer, externalTrafficPolicy: Local, loadBalancerSourceRanges: [10.0.0.0/8]", 30080, "192.0.2.102"),
            Manifests.Slice("web", "TCP", world.Backends[0].V4 + "*"),
            Manifests.Service("sticky", "10.96.0.3", "TCP", "sessionAffinity: ClientIP"),
            Manifests.Slice("sticky", "TCP", world.Backends[0].V4.ToString(), "10.244.3.3"),
            Manifests.Service("empty", "10.96.0.4"));
        return manifests;
    }

    /// <summary>The listing, line by line: elements in a hash come in any order.</summary>
    private static async Task<IEnumerable<string>> ListAsync(ScratchNamespace at) =>
        (await at.RunAsync("nft", ["list", "table", "ip", "shunt"], null, Ct)).EnsureSuccess().Output
        .Split(['\n', ',']).Select(static line => line.Trim(' ', '\t', '}').Replace("elements = { ", "", StringComparison.Ordinal).Trim()).Order(StringComparer.Ordinal);
}
