using Shunt.Backends;
using Shunt.Backends.Nftables;
using Shunt.Model;
using Shunt.Testing.Iptables;

namespace Shunt.Testing.Nftables;

/// <summary>The laws of the house for nftables mode, to be held over any kernel, made up or real.</summary>
public static class NftablesLaws
{
    /// <summary>What is wrong with a cluster: nothing, its addresses, or its size.</summary>
    public static RandomCluster Cluster(int seed, IpFamily family) =>
        new(seed, family) { IsCrowded = seed % 3 == 1, Endpoints = seed % 3 == 2 ? 50 : 12 };

    /// <summary>Changes applied one after the other end where a fresh start ends, and need the kernel to be read once.</summary>
    public static async Task AChangeIsAsGoodAsAFreshStartAsync(
        int seed, IpFamily family, IKernel<NftablesProgram, NftablesDelta> kernel, IKernel<NftablesProgram, NftablesDelta> fresh, CancellationToken ct)
    {
        var cluster = Cluster(seed, family);
        var options = NftablesFixture.Options(family);
        var dataplane = NftablesFixture.Dataplane(kernel, options);
        for (var step = 0; step < 12; step++)
        {
            cluster.Change(step == 0 ? 30 : 3);
            if (step % 4 == 1) cluster.MoveNodePorts();
            var state = cluster.Snapshot();
            var plan = await dataplane.PlanAsync(state, ct);
            var result = await plan.ApplyAsync(ct);
            Assert.True(result.Refused.IsEmpty, $"seed {seed}, step {step}: {string.Join("; ", result.Refused)}");
            cluster.Commit(state);
            var drift = await dataplane.VerifyAsync(state, ct);
            Assert.True(drift.IsEmpty, $"seed {seed}, step {step}: {string.Join("\n", drift.Changes.SelectMany(static c => c.Added.Select(static a => "+ " + a).Concat(c.Removed.Select(static r => "- " + r))))}");
        }

        var end = cluster.Snapshot();
        await (await NftablesFixture.Dataplane(fresh, options).PlanAsync(end, ct)).ApplyAsync(ct);
        AssertSame(await NftablesFixture.MeaningAsync(fresh, family, ct), await NftablesFixture.MeaningAsync(kernel, family, ct), seed);
    }

    /// <summary>A new process changes only what changed meanwhile.</summary>
    public static async Task ARestartKeepsWhatIsThereAsync(int seed, IpFamily family, IKernel<NftablesProgram, NftablesDelta> kernel, CancellationToken ct)
    {
        var cluster = Cluster(seed, family);
        var options = NftablesFixture.Options(family);
        var dataplane = NftablesFixture.Dataplane(kernel, options);
        for (var step = 0; step < 4; step++)
        {
            cluster.Change(step == 0 ? 30 : 4);
            var state = cluster.Snapshot();
            await (await dataplane.PlanAsync(state, ct)).ApplyAsync(ct);
            cluster.Commit(state);
        }

        var same = await NftablesFixture.Dataplane(kernel, options).PlanAsync(cluster.Snapshot(), ct);
        var unneeded = same.Changes.SelectMany(static change => change.Added).Where(static line => !line.StartsWith("chain ", StringComparison.Ordinal));
        if (!cluster.IsCrowded) Assert.Empty(unneeded); // what others have says nothing about one's own slots

        cluster.Change(3);
        var restarted = NftablesFixture.Dataplane(kernel, options);
        var end = cluster.Snapshot();
        await (await restarted.PlanAsync(end, ct)).ApplyAsync(ct);
        Assert.True((await restarted.VerifyAsync(end, ct)).IsEmpty);
    }

    /// <summary>
    /// Whatever operation fails, trying again ends where it should, and what was served and stays is served after every transaction: each with all
    /// endpoints it has before and after.
    /// </summary>
    public static async Task AFailureCostsNobodyAsync(int seed, IpFamily family, int failsIn, FakeNftables kernel, CancellationToken ct)
    {
        var cluster = Cluster(seed, family);
        var options = NftablesFixture.Options(family);
        var dataplane = NftablesFixture.Dataplane(kernel, options);
        cluster.Change(25);
        var first = cluster.Snapshot();
        await (await dataplane.PlanAsync(first, ct)).ApplyAsync(ct);
        cluster.Commit(first);
        var before = await NftablesFixture.MeaningAsync(kernel, family, ct);
        cluster.Change(8);
        var second = cluster.Snapshot();
        var fresh = new FakeNftables();
        await (await NftablesFixture.Dataplane(fresh, options).PlanAsync(second, ct)).ApplyAsync(ct);
        var after = await NftablesFixture.MeaningAsync(fresh, family, ct);
        var established = before.Intersect(after).Where(static line => line.Contains(" -> ", StringComparison.Ordinal)).ToList();
        kernel.Committed = () => Assert.Empty(established.Except(kernel.Meaning(family)));
        kernel.FailsIn = failsIn;
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                await (await dataplane.PlanAsync(second, ct)).ApplyAsync(ct);
                break;
            }
            catch (KernelException) when (attempt == 0)
            {
                kernel.FailsIn = null;
            }
        }

        kernel.Committed = null;
        kernel.FailsIn = null;
        AssertSame(after, await NftablesFixture.MeaningAsync(kernel, family, ct), seed);
    }

    /// <summary>Both kernels' tables mean the same.</summary>
    public static void AssertSame(IReadOnlyList<string> expected, IReadOnlyList<string> actual, int seed)
    {
        var differences = Differences(expected, actual);
        Assert.True(differences.Count == 0, $"seed {seed}\n{string.Join('\n', differences)}");
    }

    /// <summary>In what one kernel's table does not mean what another's means.</summary>
    public static IReadOnlyList<string> Differences(IReadOnlyList<string> expected, IReadOnlyList<string> actual) =>
    [
        .. expected.Except(actual).Where(IsComparable).Select(static line => $"missing: {line}"),
        .. actual.Except(expected).Where(IsComparable).Select(static line => $"extra: {line}"),
    ];

    /// <summary>Rules on demand stay when nobody asks for them any more, until the next start.</summary>
    private static bool IsComparable(string line) =>
        !line.StartsWith("chain pick-many-", StringComparison.Ordinal) && !line.StartsWith("chain sticky-many", StringComparison.Ordinal)
        && !line.StartsWith("chain sticky-remember", StringComparison.Ordinal) && !line.StartsWith("chain firewall-clients", StringComparison.Ordinal);
}
