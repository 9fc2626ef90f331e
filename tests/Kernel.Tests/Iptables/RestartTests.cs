using Shunt.Testing;
using Shunt.Testing.Agent;
using Shunt.Testing.Network;

namespace Shunt.Kernel.Tests.Iptables;

/// <summary>An agent that starts where another left off.</summary>
[Trait("needs", "root")]
public sealed class RestartTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("nft", "restore", 6)] // mangle, filter, nat, for two families
    [InlineData("legacy", "restore", 6)]
    [InlineData("nft", "direct", 0)]
    [InlineData("legacy", "direct", 0)]
    public async Task A_second_run_writes_nothing(string variant, string writer, int expected)
    {
        Root.SkipUnlessAvailable($"iptables-{variant}", "nft");
        await using var at = await ScratchNamespace.CreateAsync("again", Ct);
        using var wrapper = new Wrapper(variant);
        using var manifests = SomeCluster();
        string[] run = ["run", "--once", "--shunt-iptables-writer", writer, .. manifests.Flags(variant)];

        (await ShuntAgent.RunWithPathAsync(at, wrapper.Directory, run, Ct)).EnsureSuccess();
        var (calls, rules) = (wrapper.Calls, await SavedRules.ReadAsync(at, $"iptables-{variant}", Ct));
        var handles = await HandlesAsync(at);
        (await ShuntAgent.RunWithPathAsync(at, wrapper.Directory, run, Ct)).EnsureSuccess();

        Assert.Equal(expected, calls);
        Assert.Equal(calls, wrapper.Calls);
        Assert.Equal(rules, await SavedRules.ReadAsync(at, $"iptables-{variant}", Ct));
        Assert.Equal(handles, await HandlesAsync(at));
    }

    [Theory]
    [InlineData("nft", "nft", "KUBE-IPTABLES-HINT")]
    [InlineData("legacy", "nft", "KUBE-IPTABLES-HINT")]
    [InlineData("nft", "legacy", "KUBE-KUBELET-CANARY")]
    [InlineData("legacy", "legacy", "KUBE-KUBELET-CANARY")]
    public async Task The_kubelets_hint_decides_the_variant_whatever_rules_the_other_has(string hinted, string crowded, string chain)
    {
        Root.SkipUnlessAvailable("iptables-nft", "iptables-legacy");
        await using var at = await ScratchNamespace.CreateAsync("variant", Ct);
        using var manifests = SomeCluster();
        (await at.RunAsync($"iptables-{hinted}", ["-t", "mangle", "-N", chain], null, Ct)).EnsureSuccess();
        for (var port = 1; port <= 5; port++)
        {
            string[] rule = ["-A", "INPUT", "-p", "tcp", "--dport", $"{port}", "-j", "ACCEPT"];
            (await at.RunAsync($"iptables-{crowded}", rule, null, Ct)).EnsureSuccess();
        }

        (await ShuntAgent.RunAsync(at, ["run", "--once", .. manifests.Flags("auto")], Ct)).EnsureSuccess();

        Assert.Equal(hinted == "nft", await HasOursAsync(at, "iptables-nft"));
        Assert.Equal(hinted == "legacy", await HasOursAsync(at, "iptables-legacy"));
    }

    [Theory]
    [InlineData("nft")]
    [InlineData("legacy")]
    public async Task Without_a_hint_the_variant_with_rules_is_used(string used)
    {
        Root.SkipUnlessAvailable("iptables-nft", "iptables-legacy");
        await using var at = await ScratchNamespace.CreateAsync("variant", Ct);
        using var manifests = SomeCluster();
        (await at.RunAsync($"iptables-{used}", ["-A", "INPUT", "-p", "tcp", "-j", "ACCEPT"], null, Ct)).EnsureSuccess();

        (await ShuntAgent.RunAsync(at, ["run", "--once", .. manifests.Flags("auto")], Ct)).EnsureSuccess();

        Assert.True(await HasOursAsync(at, $"iptables-{used}"));
        Assert.False(await HasOursAsync(at, used == "nft" ? "iptables-legacy" : "iptables-nft"));
    }

    private static async Task<bool> HasOursAsync(ScratchNamespace at, string program) =>
        (await SavedRules.ReadAsync(at, program, Ct)).Exists(static line => line.Contains("KUBE-SERVICES", StringComparison.Ordinal));

    /// <summary>Every rule of the kernel's own with its handle, which a rule that is written anew does not keep. Empty for legacy.</summary>
    private static async Task<string> HandlesAsync(ScratchNamespace at) =>
        string.Join('\n', (await at.RunAsync("nft", ["-a", "-s", "list", "ruleset"], null, Ct)).EnsureSuccess().Output.Split('\n')
            .Where(static line => line.Contains("# handle", StringComparison.Ordinal)));

    private static Manifests SomeCluster()
    {
        var manifests = new Manifests();
        manifests.Write(
            "all",
            Manifests.Service("web", "10.96.0.1", "TCP", "type: NodePort, sessionAffinity: ClientIP", 30080),
            Manifests.Slice("web", "TCP", "10.244.1.1*", "10.244.1.2", "10.244.1.3"),
            Manifests.Service("web6", "fd00:96::1", "UDP"),
            Manifests.Slice("web6", "UDP", "fd00:10:244::1"),
            Manifests.Service("empty", "10.96.0.3"));
        return manifests;
    }
}
