using Shunt.Testing;
using Shunt.Testing.Agent;
using Shunt.Testing.Network;

namespace Shunt.Kernel.Tests.Golden;

/// <summary>What kube-proxy made of a cluster, and the way to make Shunt do the same. All of it lies beside the repository; tests skip where it does not.</summary>
internal static class GoldenCluster
{
    /// <summary>The node and networks of the cluster that was recorded.</summary>
    public static readonly string[] Flags = ["--hostname-override", "peer-node", "--cluster-cidr", "10.244.0.0/16,fd00:10:244::/56"];

    /// <summary>The names of the recorded cases; one that stands for all where there are none, so that a test can say so.</summary>
    public static TheoryData<string, string> Cases
    {
        get
        {
            var data = new TheoryData<string, string>();
            var directory = Path.Combine(Repository.Root, "..", "shared", "golden", "cases");
            var names = Directory.Exists(directory)
                ? Directory.GetFiles(directory, "*.json").Select(Path.GetFileNameWithoutExtension).OfType<string>().Order(StringComparer.Ordinal)
                : Enumerable.Repeat("000-empty", 1);
            foreach (var name in names)
            {
                data.Add(name, "nft");
                data.Add(name, "legacy");
            }

            return data;
        }
    }

    /// <summary>Compares both families' rules in a namespace with recorded ones, and fails with the differences.</summary>
    /// <param name="at">The namespace.</param>
    /// <param name="variant">nft or legacy.</param>
    /// <param name="recorded">The beginning of the recorded files' paths, up to <c>.v4.iptables-save</c>.</param>
    /// <param name="ct">Gives up.</param>
    public static async Task AssertSameRulesAsync(ScratchNamespace at, string variant, string recorded, CancellationToken ct)
    {
        foreach (var (family, program) in new[] { ("v4", "iptables"), ("v6", "ip6tables") })
        {
            var save = (await at.RunAsync($"{program}-{variant}-save", [], null, ct)).EnsureSuccess().Output;
            await AssertSameRulesAsync(Repository.GoldenOrSkip($"{recorded}.{family}.iptables-save"), save, ct);
        }
    }

    /// <summary>Compares a dump with a recorded one.</summary>
    public static async Task AssertSameRulesAsync(string expected, string save, CancellationToken ct)
    {
        var got = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(got, save, ct);
            var diff = await CommandRunner.RunAsync("python3", [Repository.GoldenOrSkip("../tools/golden-diff.py"), expected, got], null, ct);
            Assert.True(diff.ExitCode == 0, diff.Output + diff.Error);
        }
        finally
        {
            File.Delete(got);
        }
    }

    /// <summary>Makes the kernel as a file says, once.</summary>
    public static Task<CommandResult> SyncAsync(ScratchNamespace at, string variant, string from, IReadOnlyList<string> flags, CancellationToken ct) =>
        ShuntAgent.RunAsync(at, ["run", "--once", "--from", from, "--shunt-iptables-variant", variant, .. flags], ct);
}
