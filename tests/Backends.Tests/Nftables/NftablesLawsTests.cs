using Shunt.Backends.Nftables;
using Shunt.Model;
using Shunt.Testing.Iptables;
using Shunt.Testing.Nftables;

namespace Shunt.Backends.Tests.Nftables;

/// <summary>The laws of the house, for clusters at random. A failure names its seed.</summary>
public sealed class NftablesLawsTests
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;

    public static TheoryData<int, IpFamily> Seeds
    {
        get
        {
            var seeds = new TheoryData<int, IpFamily>();
            for (var seed = 0; seed < 90; seed++) seeds.Add(seed, seed % 2 == 0 ? IpFamily.IPv4 : IpFamily.IPv6);
            return seeds;
        }
    }

    public static TheoryData<int, int> Failures
    {
        get
        {
            var failures = new TheoryData<int, int>();
            for (var seed = 0; seed < 12; seed++)
            {
                for (var operation = 0; operation < 8; operation++) failures.Add(seed, operation);
            }

            return failures;
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_program_does_not_differ_from_itself(int seed, IpFamily family)
    {
        var program = Compile(NftablesLaws.Cluster(seed, family), family);

        Assert.True(new NftablesDiffer(family).Diff(program, program).IsEmpty);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task What_was_written_reads_back_as_what_was_wanted(int seed, IpFamily family)
    {
        var program = Compile(NftablesLaws.Cluster(seed, family), family);
        var kernel = new FakeNftables();

        var answer = await kernel.ApplyAsync(new NftablesDiffer(family).Diff(NftablesProgram.Nothing, program), Ct);

        Assert.Null(answer.Refused);
        Assert.True(new NftablesDiffer(family).Diff(await kernel.ReadAsync(Ct), program).IsEmpty);
        Assert.DoesNotContain(await NftablesFixture.MeaningAsync(kernel, family, Ct), static line => IsWrong(line));
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public Task A_sequence_of_changes_ends_where_a_fresh_start_ends(int seed, IpFamily family) =>
        NftablesLaws.AChangeIsAsGoodAsAFreshStartAsync(seed, family, new FakeNftables(), new FakeNftables(), Ct);

    [Theory]
    [MemberData(nameof(Seeds))]
    public Task A_restart_keeps_what_is_there(int seed, IpFamily family) => NftablesLaws.ARestartKeepsWhatIsThereAsync(seed, family, new FakeNftables(), Ct);

    [Theory]
    [MemberData(nameof(Failures))]
    public Task Whatever_fails_trying_again_costs_nobody_traffic(int seed, int failsIn) =>
        NftablesLaws.AFailureCostsNobodyAsync(seed, seed % 2 == 0 ? IpFamily.IPv4 : IpFamily.IPv6, failsIn, new FakeNftables(), Ct);

    private static bool IsWrong(string line) =>
        line.StartsWith("dangling: ", StringComparison.Ordinal) || line.Contains("missing", StringComparison.Ordinal) || line.Contains("no ", StringComparison.Ordinal);

    private static NftablesProgram Compile(RandomCluster cluster, IpFamily family)
    {
        cluster.Change(30);
        return new NftablesCompiler(NftablesFixture.Options(family)).Compile(cluster.Snapshot());
    }
}
