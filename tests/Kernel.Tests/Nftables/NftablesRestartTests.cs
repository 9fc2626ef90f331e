using System.Globalization;
using Shunt.Kernel.Tests.Iptables;
using Shunt.Model;
using Shunt.Netlink.Netfilter;
using Shunt.Testing;
using Shunt.Testing.Agent;
using Shunt.Testing.Network;

namespace Shunt.Kernel.Tests.Nftables;

/// <summary>An agent in nftables mode that starts where another left off, or on a node with one family.</summary>
[Trait("needs", "root")]
public sealed class NftablesRestartTests
{
    private const int Services = 5000;
    private const int Kills = 8;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_second_run_and_a_plan_send_nothing()
    {
        Root.SkipUnlessAvailable("nft");
        await using var at = await ScratchNamespace.CreateAsync("again", Ct);
        using var manifests = new Manifests();
        manifests.Write(
            "all",
            Manifests.Service("web", "10.96.0.1", "TCP", "type: NodePort, sessionAffinity: ClientIP", 30080),
            Manifests.Slice("web", "TCP", "10.244.1.1*", "10.244.1.2", "10.244.1.3"),
            Manifests.Service("many", "10.96.0.2"),
            Manifests.Slice("many", "TCP", Enumerable.Range(1, 40).Select(static i => $"10.244.2.{i}")),
            Manifests.Service("web6", "fd00:96::1", "UDP"),
            Manifests.Slice("web6", "UDP", "fd00:10:244::1"),
            Manifests.Service("empty", "10.96.0.3"));
        (await ShuntAgent.RunAsync(at, ["run", "--once", .. manifests.Flags("nftables")], Ct)).EnsureSuccess();
        var (generation, listing) = (Generation(at), await ListAsync(at));

        (await ShuntAgent.RunAsync(at, ["run", "--once", .. manifests.Flags("nftables")], Ct)).EnsureSuccess();
        var plan = await ShuntAgent.RunAsync(at, ["plan", .. manifests.Flags("nftables")], Ct);

        Assert.True(plan.ExitCode == 0, plan.Output);
        Assert.Equal(generation, Generation(at));
        Assert.Equal(listing, await ListAsync(at));
    }

    [Fact]
    public async Task Killed_at_any_moment_of_a_large_first_load_the_next_start_ends_where_an_undisturbed_one_does()
    {
        Root.SkipUnlessAvailable("nft");
        await using var at = await ScratchNamespace.CreateAsync("kill", Ct);
        await using var undisturbed = await ScratchNamespace.CreateAsync("once", Ct);
        using var manifests = LargeCluster();
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        var interrupted = 0;
        for (var i = 0; i < Kills; i++)
        {
            await using var agent = ShuntAgent.Start(at, ["run", "--iptables-min-sync-period", "10ms", .. manifests.Flags("nftables")]);
            await agent.WaitForAsync("Using nftables Proxier", Ct);
            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(400)), TimeProvider.System, Ct);
            await agent.KillAsync();
            if (await CountAsync(at) is > 0 and < Services) interrupted++;
            if (i < Kills - 1) (await at.RunAsync("nft", ["flush", "ruleset"], null, Ct)).EnsureSuccess();
        }

        (await ShuntAgent.RunAsync(at, ["run", "--once", .. manifests.Flags("nftables")], Ct)).EnsureSuccess();
        (await ShuntAgent.RunAsync(undisturbed, ["run", "--once", .. manifests.Flags("nftables")], Ct)).EnsureSuccess();

        TestContext.Current.TestOutputHelper?.WriteLine($"{interrupted} of {Kills} kills left a part of the Services");
        var plan = await ShuntAgent.RunAsync(at, ["plan", .. manifests.Flags("nftables")], Ct);
        Assert.True(plan.ExitCode == 0, $"seed {seed}: {plan.Output[..Math.Min(plan.Output.Length, 2000)]}");
        Assert.Equal(Services, await CountAsync(at));
        Assert.True((await WordsAsync(undisturbed)).SequenceEqual(await WordsAsync(at)), $"seed {seed}: the tables differ");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_node_with_one_family_is_served_in_it(bool v6)
    {
        Root.SkipUnlessAvailable("nft");
        await using var world = await NetworkNamespaces.CreateAsync(backends: 1, Ct);
        await using var server = EchoServer.Start(world.Backends[0], 8080, Protocol.Tcp);
        var (nodeIp, service, backend) = v6
            ? (NetworkNamespaces.NodeV6, "fd00:96::1", world.Backends[0].V6)
            : (NetworkNamespaces.NodeV4, "10.96.0.1", world.Backends[0].V4);
        if (!v6) world.Node.Sysctl(("ipv6/conf/all/disable_ipv6", "1"));
        using var manifests = new Manifests();
        manifests.Write(
            "all",
            $$"""
            apiVersion: v1
            kind: Node
            metadata: { name: node-1 }
            status: { addresses: [{ type: InternalIP, address: '{{nodeIp}}' }] }
            ---

            """,
            Manifests.Service("web", service, "TCP", "type: NodePort", 30080),
            Manifests.Slice("web", "TCP", backend.ToString()));
        string[] flags = ["--from", manifests.Path, "--proxy-mode", "nftables", "--hostname-override", "node-1", "--cluster-cidr", v6 ? "fd00:10:244::/56" : "10.244.0.0/16"];

        (await ShuntAgent.RunAsync(world.Node, ["run", "--once", .. flags], Ct)).EnsureSuccess();

        Assert.Equal("backend-1 kept", await Flows.ToAsync(world.Pod.Namespace, service, 80, Protocol.Tcp, Ct, count: 2));
        Assert.Equal("backend-1 masqueraded", await Flows.ToAsync(world.Outside.Namespace, nodeIp.ToString(), 30080, Protocol.Tcp, Ct, count: 2));
        var plan = await ShuntAgent.RunAsync(world.Node, ["plan", .. flags], Ct);
        Assert.True(plan.ExitCode == 0, plan.Output);
    }

    private static Manifests LargeCluster()
    {
        var manifests = new Manifests();
        manifests.Write("all", [.. Enumerable.Range(0, Services).SelectMany(static i =>
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"web-{i}");
            return new[]
            {
                Manifests.Service(name, $"10.96.{i / 250}.{i % 250 + 1}"),
                Manifests.Slice(name, "TCP", $"10.244.{i / 250}.{i % 250 + 1}", $"10.245.{i / 250}.{i % 250 + 1}"),
            };
        })]);
        return manifests;
    }

    /// <summary>Grows with every transaction of anybody.</summary>
    private static uint Generation(ScratchNamespace at) => at.Net.Run(static () =>
    {
        using var tables = NftTables.Open();
        return tables.ReadGeneration();
    });

    /// <summary>How many Services have a frontend.</summary>
    private static async Task<int> CountAsync(ScratchNamespace at)
    {
        var map = await at.RunAsync("nft", ["list", "map", "ip", "shunt", "internal"], null, Ct);
        return map.ExitCode == 0 ? map.Output.Split("comment \"ns/").Length - 1 : 0; // no table yet
    }

    private static async Task<string> ListAsync(ScratchNamespace at) => (await at.RunAsync("nft", ["-a", "list", "ruleset"], null, Ct)).EnsureSuccess().Output;

    /// <summary>The table's lines, in an order: elements in a hash come in any.</summary>
    private static async Task<List<string>> WordsAsync(ScratchNamespace at) =>
    [
        .. (await at.RunAsync("nft", ["list", "ruleset"], null, Ct)).EnsureSuccess().Output.Split(['\n', ','])
            .Select(static line => line.Replace("elements = {", "", StringComparison.Ordinal).Trim(' ', '\t', '}')).Order(StringComparer.Ordinal),
    ];
}
