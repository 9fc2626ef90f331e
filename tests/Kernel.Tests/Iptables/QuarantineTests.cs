using Shunt.Model;
using Shunt.Testing;
using Shunt.Testing.Agent;
using Shunt.Testing.Network;

namespace Shunt.Kernel.Tests.Iptables;

/// <summary>
/// A Service that iptables-restore refuses. What the decoders let through this kernel takes, so a program before iptables-restore in the
/// PATH does the refusing; all that it does not refuse goes to the kernel.
/// </summary>
[Trait("needs", "root")]
public sealed class QuarantineTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("nft")]
    [InlineData("legacy")]
    public async Task A_refused_service_is_named_and_the_others_are_served_and_updated(string variant)
    {
        Root.SkipUnlessAvailable($"iptables-{variant}");
        await using var world = await NetworkNamespaces.CreateAsync(backends: 2, Ct);
        await using var first = EchoServer.Start(world.Backends[0], 8080, Protocol.Tcp);
        await using var second = EchoServer.Start(world.Backends[1], 8080, Protocol.Tcp);
        var (one, two) = (world.Backends[0].V4.ToString(), world.Backends[1].V4.ToString());
        using var wrapper = new Wrapper(variant, refuses: "ns/odd ");
        using var manifests = new Manifests();
        for (var i = 1; i <= 5; i++) manifests.Write($"web-{i}", Manifests.Service($"web-{i}", $"10.96.0.{i}"), Manifests.Slice($"web-{i}", "TCP", one));
        manifests.Write("odd", Manifests.Service("odd", "10.96.0.9"), Manifests.Slice("odd", "TCP", one));
        await using var agent = ShuntAgent.StartWithPath(
            world.Node, wrapper.Directory, ["run", "--iptables-min-sync-period", "10ms", "--shunt-iptables-writer", "restore", .. manifests.Flags(variant)]);

        var named = await agent.WaitForAsync("refuses", Ct);
        Assert.Contains("ns/odd/TCP", named, StringComparison.Ordinal);
        Assert.DoesNotContain("web-", named, StringComparison.Ordinal);
        for (var i = 1; i <= 5; i++) await Flows.BecomesAsync("backend-1 kept", world.Pod.Namespace, $"10.96.0.{i}", 80, Protocol.Tcp, Ct, count: 2);

        manifests.Write("web-3", Manifests.Service("web-3", "10.96.0.3"), Manifests.Slice("web-3", "TCP", two));
        await Flows.BecomesAsync("backend-2 kept", world.Pod.Namespace, "10.96.0.3", 80, Protocol.Tcp, Ct, count: 2);

        var save = (await world.Node.RunAsync($"iptables-{variant}-save", [], null, Ct)).EnsureSuccess().Output;
        Assert.DoesNotContain("ns/odd", save, StringComparison.Ordinal);
        Assert.False(agent.HasExited);
    }

    /// <summary>Here the kernel itself refuses: a chain that somebody else's rule leads to cannot go.</summary>
    [Theory]
    [InlineData("nft")]
    [InlineData("legacy")]
    public async Task A_chain_that_a_foreign_rule_leads_to_stays_and_costs_no_other_service_its_update(string variant)
    {
        Root.SkipUnlessAvailable($"iptables-{variant}");
        await using var at = await ScratchNamespace.CreateAsync("held", Ct);
        using var manifests = new Manifests();
        manifests.Write("held", Manifests.Service("held", "10.96.0.1"), Manifests.Slice("held", "TCP", "10.244.1.1"));
        manifests.Write("other", Manifests.Service("other", "10.96.0.2"), Manifests.Slice("other", "TCP", "10.244.1.2"));
        await using var agent = ShuntAgent.Start(at, ["run", "--iptables-min-sync-period", "10ms", "-v", "2", .. manifests.Flags(variant)]);
        await agent.WaitForAsync("SyncProxyRules complete\" ipFamily=\"IPv4\"", Ct);
        await agent.WaitForAsync("SyncProxyRules complete\" ipFamily=\"IPv6\"", Ct);
        var chain = (await SavedRules.ReadAsync(at, $"iptables-{variant}", Ct)).Single(static line => line.Contains("ns/held", StringComparison.Ordinal) && line.Contains("-A KUBE-SERVICES", StringComparison.Ordinal)).Split(' ')[^1];
        (await at.RunAsync($"iptables-{variant}", ["-t", "nat", "-A", "OUTPUT", "-d", "203.0.113.9", "-j", chain], null, Ct)).EnsureSuccess();

        manifests.Delete("held");
        await agent.WaitForAsync("SyncProxyRules complete\" ipFamily=\"IPv4\"", Ct);
        manifests.Write("other", Manifests.Service("other", "10.96.0.2"), Manifests.Slice("other", "TCP", "10.244.1.3"));
        await agent.WaitForAsync("SyncProxyRules complete\" ipFamily=\"IPv4\"", Ct);

        var rules = await SavedRules.ReadAsync(at, $"iptables-{variant}", Ct);
        Assert.Contains(rules, static line => line.Contains("10.244.1.3:", StringComparison.Ordinal));
        Assert.Contains($"nat :{chain}", rules);
        Assert.DoesNotContain(rules, static line => line.Contains("ns/held", StringComparison.Ordinal));
        Assert.Contains($"nat -A OUTPUT -d 203.0.113.9/32 -j {chain}", rules);
    }
}
