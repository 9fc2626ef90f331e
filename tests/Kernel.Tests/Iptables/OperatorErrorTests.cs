using Shunt.Testing;
using Shunt.Testing.Agent;
using Shunt.Testing.Network;

namespace Shunt.Kernel.Tests.Iptables;

/// <summary>What an operator may get wrong: one clear line on standard error, exit code 1, and a kernel as it was.</summary>
[Trait("needs", "root")]
public sealed class OperatorErrorTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("no-such-flag", "run", "--once", "--no-such-flag")]
    [InlineData("--iptables-masquerade-bit", "run", "--once", "--from", ".", "--iptables-masquerade-bit", "32")]
    [InlineData("--cluster-cidr", "run", "--once", "--from", ".", "--cluster-cidr", "10.0.0.0/99")]
    [InlineData("/no/such/kubeconfig", "run", "--once", "--kubeconfig", "/no/such/kubeconfig")]
    [InlineData("/no/such/manifests", "run", "--once", "--from", "/no/such/manifests")]
    public async Task A_mistake_is_one_line_that_names_it(string named, params string[] arguments)
    {
        Root.SkipUnlessAvailable("iptables-nft");
        await using var at = await ScratchNamespace.CreateAsync("operator", Ct);

        var run = await ShuntAgent.RunAsync(at, arguments, Ct);

        Assert.Equal(1, run.ExitCode);
        var line = Assert.Single(run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains(named, line, StringComparison.Ordinal);
        Assert.Empty(await SavedRules.ReadAsync(at, "iptables-nft", Ct));
    }

    [Theory]
    [InlineData("{ not yaml", ":1:")]
    [InlineData("apiVersion: v1\nkind: ConfigMap\n---\nspec: {}\n", ":4:")]
    public async Task A_manifest_that_cannot_be_read_is_named_with_its_line(string text, string where)
    {
        Root.SkipUnlessAvailable("iptables-nft");
        await using var at = await ScratchNamespace.CreateAsync("operator", Ct);
        using var manifests = new Manifests();
        manifests.Write("broken", text);

        var run = await ShuntAgent.RunAsync(at, ["run", "--once", .. manifests.Flags("nft")], Ct);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains(run.Error.Split('\n'), line => line.StartsWith("shunt: ", StringComparison.Ordinal) && line.Contains($"broken.yaml{where}", StringComparison.Ordinal));
        Assert.Empty(await SavedRules.ReadAsync(at, "iptables-nft", Ct));
    }
}
