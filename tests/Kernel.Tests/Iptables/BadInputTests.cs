using System.Globalization;
using Shunt.Testing;
using Shunt.Testing.Agent;
using Shunt.Testing.Network;

namespace Shunt.Kernel.Tests.Iptables;

/// <summary>Objects that no API server should have let through: each is named, and costs no other object its traffic.</summary>
[Trait("needs", "root")]
public sealed class BadInputTests
{
    private const string Good = "nat -A KUBE-SERVICES -d 10.96.0.1/32";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("spec: { clusterIP: 10.96.0.999, ports: [{ port: 80 }] }", "10.96.0.999")]
    [InlineData("spec: { clusterIP: nonsense, ports: [{ port: 80 }] }", "nonsense")]
    [InlineData("spec: { clusterIP: 10.96.0.2, ports: [{ port: 99999 }] }", "99999")]
    [InlineData("spec: { clusterIP: 10.96.0.2, ports: [{ port: -1 }] }", "-1")]
    [InlineData("spec: { clusterIP: 10.96.0.2, ports: [{ port: http }] }", "spec.ports[0].port")]
    [InlineData("spec: { clusterIP: 10.96.0.2, ports: [{ port: 80, protocol: ICMP }] }", "ICMP")]
    [InlineData("spec: { clusterIP: 10.96.0.2, ports: [{ port: 80, nodePort: 70000 }] }", "70000")]
    [InlineData("spec: { clusterIP: 10.96.0.2, externalIPs: [1.2.3], ports: [{ port: 80 }] }", "1.2.3")]
    [InlineData("spec: { clusterIP: 10.96.0.2, type: LoadBalancer, loadBalancerSourceRanges: [10.0.0.0/33], ports: [{ port: 80 }] }", "10.0.0.0/33")]
    [InlineData("spec: { clusterIP: 10.96.0.2, type: Banana, ports: [{ port: 80 }] }", "Banana")]
    [InlineData("spec: { clusterIP: 10.96.0.2, ports: [{ port: 80, name: 'a\" -j ACCEPT' }] }", "ACCEPT")]
    [InlineData("spec: { clusterIP: 10.96.0.2, ports: [{ port: 80, name: \"a\\nb\" }] }", "u000ab")]
    [InlineData("spec: [1, 2]", "spec")]
    public async Task A_service_with_a_wrong_field_is_named_with_it_and_the_others_are_served(string rest, string named)
    {
        Root.SkipUnlessAvailable("iptables-nft");
        await using var at = await ScratchNamespace.CreateAsync("bad", Ct);
        using var manifests = GoodCluster();
        manifests.Write("bad", "apiVersion: v1\nkind: Service\nmetadata: { namespace: ns, name: bad }\n" + rest + "\n");

        var log = await RunAsync(at, manifests);

        var line = Assert.Single(log, static line => line.Contains("ns/bad", StringComparison.Ordinal));
        Assert.Contains(named, line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("metadata: { namespace: ns, name: 'b\"ad' }", "b\\\"ad")]
    [InlineData("metadata: { namespace: ns, name: \"b\\nad\" }", "b\\nad")]
    [InlineData("metadata: { namespace: 'n s', name: bad }", "n s")]
    [InlineData("metadata: { namespace: ns }", "metadata.name")]
    public async Task A_name_that_could_break_a_rule_is_refused(string metadata, string named)
    {
        Root.SkipUnlessAvailable("iptables-nft");
        await using var at = await ScratchNamespace.CreateAsync("bad", Ct);
        using var manifests = GoodCluster();
        manifests.Write("bad", "apiVersion: v1\nkind: Service\n" + metadata + "\nspec: { clusterIP: 10.96.0.2, ports: [{ port: 80 }] }\n");

        var log = await RunAsync(at, manifests);

        Assert.Contains(log, line => line.Contains("cannot be used", StringComparison.Ordinal) && line.Contains(named, StringComparison.Ordinal));
        Assert.DoesNotContain(await SavedRules.ReadAsync(at, "iptables-nft", Ct), static line => line.Contains("10.96.0.2", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Endpoints_that_make_no_sense_are_named_and_the_rest_of_the_slice_is_used()
    {
        Root.SkipUnlessAvailable("iptables-nft");
        await using var at = await ScratchNamespace.CreateAsync("bad", Ct);
        using var manifests = GoodCluster();
        manifests.Write(
            "odd",
            Manifests.Service("odd", "10.96.0.2"),
            Manifests.Slice("odd", "TCP", "10.244.9.9", "10.244.9.999", "fd00::1").Replace("IPv6", "IPv4", StringComparison.Ordinal),
            Manifests.Slice("nobody", "TCP", "10.244.1.1"));

        var log = await RunAsync(at, manifests);

        Assert.Contains(log, static line => line.Contains("ns/odd-1", StringComparison.Ordinal)
            && line.Contains("10.244.9.999", StringComparison.Ordinal) && line.Contains("fd00::1", StringComparison.Ordinal));
        var dnat = (await SavedRules.ReadAsync(at, "iptables-nft", Ct)).Where(static line => line.Contains("ns/odd", StringComparison.Ordinal) && line.Contains("DNAT", StringComparison.Ordinal));
        Assert.EndsWith("10.244.9.9:8080", Assert.Single(dnat), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_services_with_one_address_are_both_named_and_neither_harms_the_others()
    {
        Root.SkipUnlessAvailable("iptables-nft");
        await using var at = await ScratchNamespace.CreateAsync("bad", Ct);
        using var manifests = GoodCluster();
        manifests.Write(
            "twins",
            Manifests.Service("twin-a", "10.96.0.2", spec: "type: NodePort", nodePort: 30099),
            Manifests.Service("twin-b", "10.96.0.2", spec: "type: NodePort", nodePort: 30099),
            Manifests.Slice("twin-a", "TCP", "10.244.1.1"),
            Manifests.Slice("twin-b", "TCP", "10.244.1.2"));

        var log = await RunAsync(at, manifests);

        Assert.Contains(log, static line =>
            line.Contains("ns/twin-a", StringComparison.Ordinal) && line.Contains("ns/twin-b", StringComparison.Ordinal) && line.Contains("10.96.0.2", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("nft")]
    [InlineData("legacy")]
    public async Task Five_thousand_endpoints_of_one_service_are_served(string variant)
    {
        Root.SkipUnlessAvailable($"iptables-{variant}");
        await using var at = await ScratchNamespace.CreateAsync("many", Ct);
        using var manifests = GoodCluster();
        var endpoints = Enumerable.Range(0, 5000).Select(static i => string.Create(CultureInfo.InvariantCulture, $"10.244.{i / 200}.{i % 200 + 1}"));
        manifests.Write("many", Manifests.Service("many", "10.96.0.2"), Manifests.Slice("many", "TCP", endpoints));

        await RunAsync(at, manifests, variant);

        var rules = await SavedRules.ReadAsync(at, $"iptables-{variant}", Ct);
        Assert.Equal(5001, rules.Count(static line => line.Contains("DNAT --to-destination", StringComparison.Ordinal)));
        Assert.Equal(4999, rules.Count(static line => line.Contains("--probability", StringComparison.Ordinal)));
    }

    private static Manifests GoodCluster()
    {
        var manifests = new Manifests();
        manifests.Write("a-good", Manifests.Service("good", "10.96.0.1"), Manifests.Slice("good", "TCP", "10.244.1.1"));
        return manifests;
    }

    /// <summary>Makes the kernel as the manifests say, checks that the good Service is served and nothing is left to do, and gives what was logged.</summary>
    private static async Task<string[]> RunAsync(ScratchNamespace at, Manifests manifests, string variant = "nft")
    {
        var run = (await ShuntAgent.RunAsync(at, ["run", "--once", .. manifests.Flags(variant)], Ct)).EnsureSuccess();
        var rules = await SavedRules.ReadAsync(at, $"iptables-{variant}", Ct);
        Assert.Contains(rules, static line => line.StartsWith(Good, StringComparison.Ordinal));
        Assert.Contains(rules, static line => line.EndsWith("--to-destination 10.244.1.1:8080", StringComparison.Ordinal));
        var plan = await ShuntAgent.RunAsync(at, ["plan", .. manifests.Flags(variant)], Ct);
        Assert.True(plan.ExitCode == 0, plan.Output);
        return run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
