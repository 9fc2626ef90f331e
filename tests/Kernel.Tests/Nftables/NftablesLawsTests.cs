using Shunt.Backends.Nftables;
using Shunt.Model;
using Shunt.Testing;
using Shunt.Testing.Network;
using Shunt.Testing.Nftables;

namespace Shunt.Kernel.Tests.Nftables;

/// <summary>The laws that hold over the kernel in memory hold over the real one.</summary>
[Trait("needs", "root")]
public sealed class NftablesLawsTests
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;

    public static TheoryData<int, IpFamily> Seeds
    {
        get
        {
            var seeds = new TheoryData<int, IpFamily>();
            for (var seed = 0; seed < 30; seed++) seeds.Add(seed, seed % 2 == 0 ? IpFamily.IPv4 : IpFamily.IPv6);
            return seeds;
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task A_sequence_of_changes_ends_where_a_fresh_start_ends(int seed, IpFamily family)
    {
        Root.SkipUnlessAvailable();
        await using var at = await ScratchNamespace.CreateAsync("nft", Ct);
        using var kernel = at.Net.Run(() => new NftablesKernel(family));

        await NftablesLaws.AChangeIsAsGoodAsAFreshStartAsync(seed, family, kernel, new FakeNftables(), Ct);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task A_restart_keeps_what_is_there(int seed, IpFamily family)
    {
        Root.SkipUnlessAvailable();
        await using var at = await ScratchNamespace.CreateAsync("nft", Ct);
        using var kernel = at.Net.Run(() => new NftablesKernel(family));

        await NftablesLaws.ARestartKeepsWhatIsThereAsync(seed, family, kernel, Ct);
    }
}
