using Shunt.Backends.Iptables;
using Shunt.Model;
using Shunt.Testing.Iptables;

namespace Shunt.Kernel.Tests.Iptables.LegacyVariant;

/// <summary>What is written without a tool is what iptables-legacy-restore would have written, to the last byte that iptables-legacy-save prints.</summary>
[Trait("needs", "root")]
public sealed class LegacyTwinsTests
{
    private const int Programs = 63; // of each of the eight rows
    private const int Changes = 2;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(IpFamily.IPv4, 1, 12, false)]
    [InlineData(IpFamily.IPv4, 2, 4, true)]
    [InlineData(IpFamily.IPv6, 3, 12, false)]
    [InlineData(IpFamily.IPv6, 4, 4, true)]
    [InlineData(IpFamily.IPv4, 5, 40, false)]
    [InlineData(IpFamily.IPv6, 6, 40, true)]
    [InlineData(IpFamily.IPv4, 7, 3, false)]
    [InlineData(IpFamily.IPv6, 8, 3, false)]
    public async Task Random_programs_and_changes_leave_the_same_rules(IpFamily family, int seed, int endpoints, bool crowded)
    {
        await using var twins = await LegacyTwins.CreateAsync(family, Ct);
        for (var program = 0; program < Programs; program++)
        {
            var number = seed * 1000 + program;
            var random = new Random(number);
            await twins.RestoreAsync(ForeignRules.Tables(random, family), flush: true, Ct);
            var cluster = new RandomCluster(number, family) { IsCrowded = crowded, Endpoints = endpoints };
            var dataplane = IptablesFixture.Dataplane(twins, Options(random, family));
            for (var change = 0; change <= Changes; change++)
            {
                if (change == 0) cluster.Change(random.Next(1, 25));
                else cluster.Change(random.Next(1, 6));
                if (random.Next(4) == 0) cluster.MoveNodePorts();
                if (change > 0 && random.Next(3) == 0) await twins.RestoreAsync(ForeignRules.Change(random, family), flush: false, Ct);
                var state = cluster.Snapshot();

                await (await dataplane.PlanAsync(state, Ct)).ApplyAsync(Ct);

                cluster.Commit(state);
                await twins.AssertSameAsync($"seed {number}, change {change}", Ct);
            }

            // Read back, it is what was wanted.
            var drift = await dataplane.VerifyAsync(cluster.Snapshot(), Ct);
            Assert.True(drift.IsEmpty, $"seed {number}: {string.Join("; ", drift.Changes.SelectMany(static change => change.Added.Concat(change.Removed)))}");
        }
    }

    private static IptablesOptions Options(Random random, IpFamily family) => IptablesFixture.Options(family) with
    {
        MasqueradeAll = random.Next(3) == 0,
        MasqueradeBit = random.Next(32),
        LocalhostNodePorts = family == IpFamily.IPv4 && random.Next(2) == 0,
        RandomFully = random.Next(3) != 0,
        Dispatch = random.Next(2) == 0 ? IptablesDispatch.Linear : IptablesDispatch.Tree,
        ConntrackTcpLiberal = random.Next(3) == 0,
        CountsWithNfAcct = random.Next(2) == 0,
        Detector = random.Next(4) switch
        {
            0 => default,
            1 => LocalDetector.ByInterfacePrefix("cali"),
            2 => LocalDetector.ByBridge("br0"),
            _ => IptablesFixture.Options(family).Detector,
        },
    };
}
