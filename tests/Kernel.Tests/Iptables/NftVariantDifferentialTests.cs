using System.Text;
using Shunt.Backends;
using Shunt.Backends.Iptables;
using Shunt.Backends.Iptables.NftVariant;
using Shunt.Model;
using Shunt.Netlink.Netfilter;
using Shunt.Testing;
using Shunt.Testing.Iptables;
using Shunt.Testing.Network;

namespace Shunt.Kernel.Tests.Iptables;

/// <summary>
/// What is written over netlink is what iptables-nft-restore would have written: the same programs and changes go both ways, into one namespace each,
/// beside rules of others, and what iptables-nft-save prints is the same to the letter.
/// </summary>
[Trait("needs", "root")]
public sealed class NftVariantDifferentialTests
{
    private const int SeedsAtATime = 25;
    private const int Steps = 3;

    private static readonly string[] ForeignRules =
    [
        "-t nat -N CNI-a", "-t nat -A CNI-a -p tcp -m multiport --dports 80,443 -j RETURN", "-t nat -A POSTROUTING -m comment --comment \"cni 1\" -j CNI-a",
        "-t nat -I PREROUTING -p udp -m limit --limit 5/sec -j CNI-a", "-A FORWARD -m hl --help", "-A INPUT -i eth7 -j LOG --log-prefix \"x y\"",
        "-P FORWARD DROP", "-t mangle -A PREROUTING -p tcp -m tcp --tcp-flags SYN,RST SYN -j TCPMSS --set-mss 1400", "-t raw -A PREROUTING -j NOTRACK",
        "-t nat -A OUTPUT -j CNI-a", "-A OUTPUT -p tcp -j ACCEPT", "-D OUTPUT -p tcp -j ACCEPT", "-t nat -D POSTROUTING -m comment --comment \"cni 1\" -j CNI-a",
    ];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<int, IpFamily> Seeds
    {
        get
        {
            var seeds = new TheoryData<int, IpFamily>();
            for (var first = 0; first < 500; first += SeedsAtATime) seeds.Add(first, first / SeedsAtATime % 2 == 0 ? IpFamily.IPv4 : IpFamily.IPv6);
            return seeds;
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task A_program_and_its_changes_give_the_same_rules_both_ways(int first, IpFamily family)
    {
        Root.SkipUnlessAvailable("iptables-nft", "nfacct");
        await Task.WhenAll(CompareAsync(first, SeedsAtATime / 2, family), CompareAsync(first + SeedsAtATime / 2, SeedsAtATime - SeedsAtATime / 2, family));
    }

    private static async Task CompareAsync(int first, int count, IpFamily family)
    {
        await using var direct = await CreateAsync();
        await using var reference = await CreateAsync();
        for (var seed = first; seed < first + count; seed++) await CompareAsync(seed, family, direct, reference);
    }

    private static async Task CompareAsync(int seed, IpFamily family, ScratchNamespace direct, ScratchNamespace reference)
    {
        var program = family == IpFamily.IPv4 ? "iptables-nft" : "ip6tables-nft";
        var options = RandomOptions.Create(seed, family);
        using var kernel = direct.Net.Run(() => new NftVariantKernel(family, counts: false));
        var dataplane = IptablesFixture.Dataplane(kernel, options);
        var cluster = new RandomCluster(seed, family);
        var random = new Random(seed);
        for (var step = 0; step < Steps; step++)
        {
            await DisturbAsync(random, program, direct, reference);
            cluster.Change(step == 0 ? random.Next(1, 40) : random.Next(1, 8));
            var state = cluster.Snapshot();
            var plan = await dataplane.PlanAsync(state, Ct);
            using var input = new StringWriter();
            plan.WriteTo(input);
            var result = await plan.ApplyAsync(Ct);
            cluster.Commit(state);
            Assert.Empty(result.Refused);
            (await reference.RunAsync($"{program}-restore", ["--noflush"], input.ToString(), Ct)).EnsureSuccess();

            Assert.Equal(await SaveAsync(reference, program), await SaveAsync(direct, program));
            Assert.Equal(Objects(reference, family), Objects(direct, family));
        }

        var drift = await dataplane.VerifyAsync(cluster.Snapshot(), Ct);
        Assert.True(drift.IsEmpty, $"seed {seed}: what was written is not what is read: {string.Join('\n', drift.Changes.SelectMany(static change => change.Removed.Concat(change.Added)))}");
        Assert.True((await IptablesFixture.Dataplane(new Reading(kernel), options).PlanAsync(cluster.Snapshot(), Ct)).IsEmpty, $"seed {seed}: a restart would change something");
        await dataplane.CleanupAsync(Ct);
        Assert.DoesNotContain("KUBE-S", await SaveAsync(direct, program), StringComparison.Ordinal);
        foreach (var at in new[] { direct, reference }) (await at.RunAsync("nft", ["flush", "ruleset"], null, Ct)).EnsureSuccess();
    }

    private static async Task<ScratchNamespace> CreateAsync()
    {
        var at = await ScratchNamespace.CreateAsync("diff", Ct);
        foreach (var counter in new[] { "ct_state_invalid_dropped_pkts", "localhost_nps_accepted_pkts" })
            (await at.RunAsync("nfacct", ["add", counter], null, Ct)).EnsureSuccess();
        return at;
    }

    /// <summary>Somebody else changes something of their own, or fails to.</summary>
    private static async Task DisturbAsync(Random random, string program, params ScratchNamespace[] namespaces)
    {
        while (random.Next(3) == 0)
        {
            var command = ForeignRules[random.Next(ForeignRules.Length)];
            foreach (var at in namespaces) await at.RunAsync("sh", ["-c", $"{program} {command}"], null, Ct);
        }
    }

    private static async Task<string> SaveAsync(ScratchNamespace at, string program)
    {
        var save = (await at.RunAsync($"{program}-save", [], null, Ct)).EnsureSuccess().Output;
        return string.Join('\n', save.Split('\n').Where(static line => !line.StartsWith('#')));
    }

    /// <summary>Every rule as the kernel has it, with the bytes of its expressions, but without handles.</summary>
    private static List<string> Objects(ScratchNamespace at, IpFamily family)
    {
        var rules = new List<string>();
        using var tables = at.Net.Run(NftTables.Open);
        var netfilter = family == IpFamily.IPv4 ? NetfilterFamily.NFPROTO_IPV4 : NetfilterFamily.NFPROTO_IPV6;
        foreach (var table in new[] { "mangle", "filter", "nat" })
        {
            tables.DumpRules(netfilter, table, (rules, table), static (to, rule) =>
            {
                var line = new StringBuilder($"{to.table} {rule.Chain}");
                var expressions = rule.Expressions;
                while (expressions.TryRead(out var expression)) line.Append(' ').Append(Convert.ToHexString(expression.Value));
                to.rules.Add(line.ToString());
            });
        }

        return [.. rules.OrderBy(static rule => string.Join(' ', rule.Split(' ').Take(2)), StringComparer.Ordinal)];
    }

    /// <summary>The same kernel for a dataplane of its own.</summary>
    private sealed class Reading(IKernel<IptablesProgram, IptablesDelta> kernel) : IKernel<IptablesProgram, IptablesDelta>
    {
        public ValueTask<IptablesProgram> ReadAsync(CancellationToken ct) => kernel.ReadAsync(ct);

        public ValueTask<KernelAnswer<IptablesDelta>> ApplyAsync(IptablesDelta delta, CancellationToken ct) => throw new NotSupportedException();

        public ValueTask<bool> IsIntactAsync(IptablesProgram expected, CancellationToken ct) => kernel.IsIntactAsync(expected, ct);

        public ValueTask CleanupAsync(CancellationToken ct) => throw new NotSupportedException();
    }
}
