using Shunt.Backends.Nftables;
using Shunt.Model;
using Shunt.Proxy.State;
using Shunt.Testing;
using Shunt.Testing.Builders;
using Shunt.Testing.Network;
using Shunt.Testing.Nftables;

namespace Shunt.Kernel.Tests.Nftables;

/// <summary>Objects in which addresses, ports and names meet again and again: the real kernel takes what we make of them, and each start ends alike.</summary>
[Trait("needs", "root")]
public sealed class RandomObjectsTests
{
    private const int Steps = 25;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<int, IpFamily> Seeds
    {
        get
        {
            var seeds = new TheoryData<int, IpFamily>();
            for (var seed = 0; seed < 16; seed++) seeds.Add(seed, seed % 2 == 0 ? IpFamily.IPv4 : IpFamily.IPv6);
            return seeds;
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Whatever_objects_say_the_kernel_takes_it_and_reads_back_the_same(int seed, IpFamily family)
    {
        Root.SkipUnlessAvailable();
        await using var at = await ScratchNamespace.CreateAsync("random", Ct);
        using var kernel = at.Net.Run(() => new NftablesKernel(family));
        var options = NftablesFixture.Options(family);
        var dataplane = NftablesFixture.Dataplane(kernel, options);
        var cluster = ClusterStateExtensions.NewCluster();
        var builder = new SnapshotBuilder(family, cluster);
        var random = new RandomObjects(seed);
        for (var step = 0; step < Steps; step++)
        {
            Change(cluster, random);
            var state = builder.Build(random.Node(), NodePortAddresses.Everywhere);
            var result = await (await dataplane.PlanAsync(state, Ct)).ApplyAsync(Ct);
            builder.Commit(state, []);

            Assert.True(result.Refused.IsEmpty, $"seed {seed}, step {step}: {string.Join("; ", result.Refused)}");
            var drift = await dataplane.VerifyAsync(state, Ct);
            Assert.True(drift.IsEmpty, $"seed {seed}, step {step}: {string.Join("\n", drift.Changes)}");
        }
    }

    private static void Change(ClusterState cluster, RandomObjects random)
    {
        for (var i = 0; i < 4; i++)
        {
            var service = random.Service();
            if (random.Chance(20)) cluster.Delete(service);
            else cluster.Put(service, random.SliceFor(service, IpFamily.IPv4), random.SliceFor(service, IpFamily.IPv6), random.Slice());
        }
    }
}
