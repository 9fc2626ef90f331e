using System.Text;
using Shunt.Backends.Iptables;
using Shunt.Model;
using Shunt.Testing.Iptables;

namespace Shunt.Backends.Tests.Iptables;

/// <summary>The laws of the house, for clusters at random. A failure names its seed.</summary>
public sealed class IptablesLawsTests
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;

    public static TheoryData<int, IpFamily> Seeds
    {
        get
        {
            var seeds = new TheoryData<int, IpFamily>();
            for (var seed = 0; seed < 60; seed++) seeds.Add(seed, seed % 2 == 0 ? IpFamily.IPv4 : IpFamily.IPv6);
            return seeds;
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_program_does_not_differ_from_itself(int seed, IpFamily family)
    {
        var program = Compile(seed, family, out _);

        Assert.True(new IptablesDiffer().Diff(program, program).IsEmpty);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void What_was_written_reads_back_as_what_was_wanted(int seed, IpFamily family)
    {
        var program = Compile(seed, family, out _);
        var kernel = new FakeIptables();

        kernel.Restore(IptablesFixture.Text(program));

        var read = new IptablesProgram { Unclaimed = IptablesText.ParseSave(Encoding.UTF8.GetBytes(kernel.Save())) };
        Assert.True(new IptablesDiffer().Diff(read, program).IsEmpty);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task A_sequence_of_changes_ends_where_a_fresh_start_ends(int seed, IpFamily family)
    {
        var cluster = new RandomCluster(seed, family);
        var options = Options(seed, family);
        var (kernel, fresh) = (new FakeIptables(), new FakeIptables());
        var dataplane = IptablesFixture.Dataplane(kernel, options);

        for (var step = 0; step < 12; step++)
        {
            cluster.Change(step == 0 ? 30 : 3);
            if (step % 3 == 1) cluster.MoveNodePorts();
            var state = cluster.Snapshot();
            var result = await (await dataplane.PlanAsync(state, Ct)).ApplyAsync(Ct);
            cluster.Commit(state);
            Assert.Equal([("filter", OurRules(kernel, "filter")), ("nat", OurRules(kernel, "nat"))], result.Tables.Select(static table => (table.Table, table.Total)));
        }

        var end = cluster.Snapshot();
        fresh.Restore(IptablesFixture.Text(new IptablesCompiler(options).Compile(end)));
        Assert.Equal(IptablesFixture.Canonical(fresh.Save()), IptablesFixture.Canonical(kernel.Save()));
        Assert.Equal(1, kernel.Reads);
        Assert.True((await dataplane.VerifyAsync(end, Ct)).IsEmpty);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task A_restart_changes_only_what_changed_meanwhile(int seed, IpFamily family)
    {
        var cluster = new RandomCluster(seed, family);
        var options = Options(seed, family);
        var (kernel, fresh) = (new FakeIptables(), new FakeIptables());
        cluster.Change(30);
        await (await IptablesFixture.Dataplane(kernel, options).PlanAsync(cluster.Snapshot(), Ct)).ApplyAsync(Ct);
        var writes = kernel.Writes;

        var restarted = IptablesFixture.Dataplane(kernel, options);
        var same = await restarted.PlanAsync(cluster.Snapshot(), Ct);
        Assert.True(same.IsEmpty);
        await same.ApplyAsync(Ct);
        Assert.Equal(writes, kernel.Writes);

        cluster.Change(5);
        var end = cluster.Snapshot();
        await (await IptablesFixture.Dataplane(kernel, options).PlanAsync(end, Ct)).ApplyAsync(Ct);
        fresh.Restore(IptablesFixture.Text(new IptablesCompiler(options).Compile(end)));
        Assert.Equal(IptablesFixture.Canonical(fresh.Save()), IptablesFixture.Canonical(kernel.Save()));
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Whatever_operation_fails_trying_again_converges(int seed, IpFamily family)
    {
        var cluster = new RandomCluster(seed, family);
        var options = Options(seed, family);
        var (kernel, fresh) = (new FakeIptables(faultSeed: seed), new FakeIptables());
        var dataplane = IptablesFixture.Dataplane(kernel, options);

        for (var step = 0; step < 10; step++)
        {
            cluster.Change(4);
            await TryAsync(dataplane, cluster);
        }

        while (!await TryAsync(dataplane, cluster))
        {
        }

        fresh.Restore(IptablesFixture.Text(new IptablesCompiler(options).Compile(cluster.Snapshot())));
        Assert.Equal(IptablesFixture.Canonical(fresh.Save()), IptablesFixture.Canonical(kernel.Save()));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    public async Task Whichever_operation_fails_a_service_that_does_not_change_keeps_its_rules(int operation)
    {
        var cluster = new RandomCluster(seed: 1, IpFamily.IPv4);
        var options = IptablesFixture.Options();
        var (kernel, fresh) = (new FakeIptables(), new FakeIptables());
        cluster.Change(30);
        var before = cluster.Snapshot();
        await (await IptablesFixture.Dataplane(kernel, options).PlanAsync(before, Ct)).ApplyAsync(Ct);
        cluster.Change(10);
        var after = cluster.Snapshot();
        var steady = before.Services.Where(pair => after.Services.TryGetValue(pair.Key, out var now) && ReferenceEquals(now, pair.Value)).ToList();
        var rules = IptablesFixture.Text(new IptablesCompiler(options).Compile(before with { Services = before.Services.Clear().AddRange(steady) }))
            .Split('\n').Where(static line => line.StartsWith("-A KUBE-", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(steady);

        // A restart in the middle of things: it reads, and writes table by table, and one of these operations fails.
        var dataplane = IptablesFixture.Dataplane(kernel, options);
        kernel.FailAfter = operation;
        for (var attempt = 0; attempt < 3 && !await TryAsync(dataplane, cluster); attempt++) Assert.Empty(rules.Except(kernel.Save().Split('\n')));

        Assert.Empty(rules.Except(kernel.Save().Split('\n')));
        fresh.Restore(IptablesFixture.Text(new IptablesCompiler(options).Compile(after)));
        Assert.Equal(IptablesFixture.Canonical(fresh.Save()), IptablesFixture.Canonical(kernel.Save()));
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task A_refused_service_port_costs_no_other_its_update(int seed, IpFamily family)
    {
        var cluster = new RandomCluster(seed, family);
        var options = Options(seed, family);
        var (kernel, fresh) = (new FakeIptables(), new FakeIptables());
        var dataplane = IptablesFixture.Dataplane(kernel, options);
        kernel.Refuses = static line => line.Contains("/svc-7", StringComparison.Ordinal) && line.Contains("KUBE-SEP", StringComparison.Ordinal);

        var refused = new HashSet<ServicePortName>();
        for (var step = 0; step < 8; step++)
        {
            cluster.Change(step == 0 ? 40 : 4);
            var state = cluster.Snapshot();
            var result = await (await dataplane.PlanAsync(state, Ct)).ApplyAsync(Ct);
            refused.UnionWith(result.Refused.Select(static refusal => refusal.Service));
            cluster.Commit(state);
        }

        Assert.All(refused, static name => Assert.Equal("svc-7", name.Name));
        var end = cluster.Snapshot();
        fresh.Restore(IptablesFixture.Text(new IptablesCompiler(options).Compile(end)));
        Assert.Equal(Others(fresh), Others(kernel));

        // And once the kernel takes it, all is as it should be.
        kernel.Refuses = null;
        await dataplane.VerifyAsync(end, Ct);
        await (await dataplane.PlanAsync(end, Ct)).ApplyAsync(Ct);
        Assert.Equal(IptablesFixture.Canonical(fresh.Save()), IptablesFixture.Canonical(kernel.Save()));
    }

    /// <summary>Half of the seeds have a tree.</summary>
    private static IptablesOptions Options(int seed, IpFamily family) =>
        IptablesFixture.Options(family) with { Dispatch = seed % 4 < 2 ? IptablesDispatch.Linear : IptablesDispatch.Tree };

    private static List<string> Others(FakeIptables kernel) =>
        [.. IptablesFixture.Canonical(kernel.Save()).Split('\n').Where(static line => line.StartsWith("-A", StringComparison.Ordinal)
            && line.Contains('/', StringComparison.Ordinal) && line.Contains("comment", StringComparison.Ordinal) && !line.Contains("in this network", StringComparison.Ordinal) && !line.Contains("/svc-7", StringComparison.Ordinal))];

    /// <summary>The rules in chains of ours: those in built-in chains only lead to them.</summary>
    private static int OurRules(FakeIptables kernel, string table) =>
        kernel.Save().Split('\n').SkipWhile(line => line != "*" + table).TakeWhile(static line => line != "COMMIT")
            .Count(static line => line.StartsWith("-A KUBE-", StringComparison.Ordinal));

    private static async Task<bool> TryAsync(Dataplane<IptablesProgram, IptablesDelta> dataplane, RandomCluster cluster)
    {
        try
        {
            var state = cluster.Snapshot();
            await (await dataplane.PlanAsync(state, Ct)).ApplyAsync(Ct);
            cluster.Commit(state);
            return true;
        }
        catch (KernelException)
        {
            return false;
        }
    }

    private static IptablesProgram Compile(int seed, IpFamily family, out DesiredState state)
    {
        var cluster = new RandomCluster(seed, family);
        cluster.Change(40);
        state = cluster.Snapshot();
        return new IptablesCompiler(Options(seed, family)).Compile(state);
    }
}
