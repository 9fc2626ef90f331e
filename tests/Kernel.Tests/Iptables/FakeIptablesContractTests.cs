using Shunt.Model;
using Shunt.Testing;
using Shunt.Testing.Iptables;
using Shunt.Testing.Network;

namespace Shunt.Kernel.Tests.Iptables;

/// <summary>The fake is held to the real thing: given the same input, both end with the same rules, and both refuse the same.</summary>
[Trait("needs", "root")]
public sealed class FakeIptablesContractTests
{
    private const string SomeRules = "*nat\n:KUBE-A - [0:0]\n:KUBE-B - [0:0]\n:KUBE-FULL - [0:0]\n-A KUBE-A -j KUBE-B\n-A KUBE-FULL -p tcp -j RETURN\nCOMMIT\n";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("nft", IpFamily.IPv4, 1)]
    [InlineData("nft", IpFamily.IPv6, 2)]
    [InlineData("legacy", IpFamily.IPv4, 3)]
    [InlineData("legacy", IpFamily.IPv6, 4)]
    public async Task A_random_sequence_of_transactions_gives_the_same_rules(string variant, IpFamily family, int seed)
    {
        Root.SkipUnlessAvailable($"iptables-{variant}", "nfacct");
        await using var at = await ScratchNamespace.CreateAsync("contract", Ct);
        foreach (var counter in new[] { "ct_state_invalid_dropped_pkts", "localhost_nps_accepted_pkts" })
            (await at.RunAsync("nfacct", ["add", counter], null, Ct)).EnsureSuccess();
        var program = (family == IpFamily.IPv4 ? "iptables-" : "ip6tables-") + variant;
        var fake = new FakeIptables();
        var dataplane = IptablesFixture.Dataplane(fake, IptablesFixture.Options(family));
        var cluster = new RandomCluster(seed, family);

        for (var step = 0; step < 15; step++)
        {
            cluster.Change(step == 0 ? 30 : 5);
            var state = cluster.Snapshot();
            fake.Inputs.Clear();
            await (await dataplane.PlanAsync(state, Ct)).ApplyAsync(Ct);
            cluster.Commit(state);

            foreach (var input in fake.Inputs) (await at.RunAsync($"{program}-restore", ["--noflush"], input, Ct)).EnsureSuccess();

            Assert.Equal(SavedRules.Of(fake.Save()), await SavedRules.ReadAsync(at, program, Ct));
        }
    }

    [Theory]
    [InlineData("nft", "-A KUBE-NONE -j ACCEPT")]
    [InlineData("legacy", "-A KUBE-NONE -j ACCEPT")]
    [InlineData("nft", "-A KUBE-B -j KUBE-NONE")]
    [InlineData("legacy", "-A KUBE-B -j KUBE-NONE")]
    [InlineData("nft", "-D KUBE-A -j RETURN")]
    [InlineData("legacy", "-D KUBE-A -j RETURN")]
    [InlineData("nft", "-D KUBE-A 2")]
    [InlineData("legacy", "-D KUBE-A 2")]
    [InlineData("nft", "-R KUBE-A 2 -j RETURN")]
    [InlineData("legacy", "-R KUBE-A 2 -j RETURN")]
    [InlineData("nft", "-I KUBE-A 3 -j RETURN")]
    [InlineData("legacy", "-I KUBE-A 3 -j RETURN")]
    [InlineData("nft", "-X KUBE-B")]
    [InlineData("legacy", "-X KUBE-B")]
    [InlineData("nft", "-X KUBE-FULL")]
    [InlineData("legacy", "-X KUBE-FULL")]
    [InlineData("nft", "-X KUBE-NONE")]
    [InlineData("legacy", "-X KUBE-NONE")]
    public async Task What_one_refuses_the_other_refuses_and_nothing_is_done(string variant, string bad)
    {
        Root.SkipUnlessAvailable($"iptables-{variant}");
        await using var at = await ScratchNamespace.CreateAsync("contract", Ct);
        var fake = new FakeIptables();
        fake.Restore(SomeRules);
        (await at.RunAsync($"iptables-{variant}-restore", ["--noflush"], SomeRules, Ct)).EnsureSuccess();
        var before = SavedRules.Of(fake.Save());
        var input = $"*nat\n:KUBE-NEW - [0:0]\n-A KUBE-NEW -j KUBE-FULL\n{bad}\nCOMMIT\n";

        Assert.Throws<InvalidOperationException>(() => fake.Restore(input));
        var real = await at.RunAsync($"iptables-{variant}-restore", ["--noflush"], input, Ct);

        Assert.NotEqual(0, real.ExitCode);
        Assert.Equal(before, SavedRules.Of(fake.Save()));
        Assert.Equal(before, await SavedRules.ReadAsync(at, $"iptables-{variant}", Ct));
    }

    [Theory]
    [InlineData("nft")]
    [InlineData("legacy")]
    public async Task What_one_accepts_the_other_accepts(string variant)
    {
        Root.SkipUnlessAvailable($"iptables-{variant}");
        await using var at = await ScratchNamespace.CreateAsync("contract", Ct);
        var fake = new FakeIptables();
        foreach (var input in new[]
        {
            SomeRules,
            "*nat\n-I KUBE-A 2 -p tcp -j RETURN\n-I KUBE-A -p udp -j RETURN\n-R KUBE-A 2 -p sctp -j RETURN\n-D KUBE-FULL -p tcp -j RETURN\n-X KUBE-FULL\nCOMMIT\n",
            "*nat\n:KUBE-A - [0:0]\n:KUBE-B - [0:0]\n-A KUBE-B -p tcp -j KUBE-A\n-A KUBE-B -p udp -j KUBE-A\n-D KUBE-B 1\nCOMMIT\n",
        })
        {
            fake.Restore(input);
            (await at.RunAsync($"iptables-{variant}-restore", ["--noflush"], input, Ct)).EnsureSuccess();
            Assert.Equal(SavedRules.Of(fake.Save()), await SavedRules.ReadAsync(at, $"iptables-{variant}", Ct));
        }
    }
}
