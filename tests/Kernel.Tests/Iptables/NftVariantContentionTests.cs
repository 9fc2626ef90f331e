using Shunt.Backends.Iptables.NftVariant;
using Shunt.Model;
using Shunt.Testing;
using Shunt.Testing.Iptables;
using Shunt.Testing.Network;

namespace Shunt.Kernel.Tests.Iptables;

/// <summary>Others at the same tables at the same time.</summary>
[Trait("needs", "root")]
public sealed class NftVariantContentionTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(IpFamily.IPv4, "iptables-nft", "10.77.$((1 + i / 200)).$((1 + i % 200))/32")]
    [InlineData(IpFamily.IPv6, "ip6tables-nft", "fd00:77::$((1 + i / 200)):$((1 + i % 200))/128")]
    public async Task A_thousand_foreign_changes_during_syncs_are_all_there_in_the_end(IpFamily family, string program, string address)
    {
        Root.SkipUnlessAvailable(program);
        await using var at = await ScratchNamespace.CreateAsync("contention", Ct);
        using var kernel = at.Net.Run(() => new NftVariantKernel(family, counts: false));
        var options = IptablesFixture.Options(family) with { CountsWithNfAcct = false };
        var dataplane = IptablesFixture.Dataplane(kernel, options);
        var cluster = new RandomCluster(seed: 5, family);
        await SyncAsync(30);

        // Adds four hundred, replaces one half by others, and takes the other half away: 400 + 2 * 200 + 200.
        var rule = $"POSTROUTING -s {address} -j";
        var script = $"""
            set -e
            i=0; while [ $i -lt 400 ]; do {program} -w -t nat -A {rule} ACCEPT; i=$((i + 1)); done
            i=0; while [ $i -lt 400 ]; do
              {program} -w -t nat -D {rule} ACCEPT
              {program} -w -t nat -I {rule} RETURN
              i=$((i + 1))
              {program} -w -t nat -D {rule} ACCEPT
              i=$((i + 1))
            done
            """;
        var foreign = at.RunAsync("sh", ["-c", script], null, Ct);
        var syncs = 0;
        for (; !foreign.IsCompleted; syncs++)
        {
            await SyncAsync(2);
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, Ct); // the others need the processor too
        }

        (await foreign).EnsureSuccess();

        var saved = (await at.RunAsync($"{program}-save", ["-t", "nat"], null, Ct)).EnsureSuccess().Output.Split('\n');
        var kept = saved.Where(static line => line.Contains("-A POSTROUTING -s ", StringComparison.Ordinal)).ToList();
        Assert.Equal(200, kept.Count);
        Assert.All(kept, static line => Assert.EndsWith("-j RETURN", line, StringComparison.Ordinal));
        Assert.InRange(syncs, 20, int.MaxValue);
        Assert.True((await dataplane.VerifyAsync(cluster.Snapshot(), Ct)).IsEmpty);

        async Task SyncAsync(int changes)
        {
            cluster.Change(changes);
            var state = cluster.Snapshot();
            var result = await (await dataplane.PlanAsync(state, Ct)).ApplyAsync(Ct);
            Assert.Empty(result.Refused);
            cluster.Commit(state);
        }
    }
}
