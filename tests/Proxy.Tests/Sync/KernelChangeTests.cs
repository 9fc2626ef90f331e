using Microsoft.Extensions.Logging;
using Shunt.Backends;
using Shunt.Model;
using Shunt.Proxy.Sync;

namespace Shunt.Proxy.Tests.Sync;

/// <summary>Somebody else changes what is ours, and the kernel says so.</summary>
public sealed class KernelChangeTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly KernelChange Deleted = new(IpFamily.IPv4, 42, "nft", "deleted table");

    private readonly SyncFixture _ = new();

    [Fact]
    public async Task What_was_changed_is_repaired_in_the_same_turn_and_who_did_it_is_said_once()
    {
        await _.Listed([.. SyncFixture.Service(1), .. SyncFixture.Service(2)]).TurnAsync();
        _.V4.Kernel.Remove(SyncFixture.Name(1));
        _.Loop.KernelChanged(Deleted);
        _.Loop.KernelChanged(Deleted with { Process = "other" });

        await _.TurnAsync(); // no time has passed, not even the minimum between syncs

        Assert.Equal(_.Desired(IpFamily.IPv4), _.V4.Kernel);
        Assert.Equal([SyncFixture.Name(1)], _.V4.Transactions[1]);
        Assert.Equal(
            "\"Somebody else changed rules of ours; repairing them\" mode=\"iptables\" ipFamily=\"IPv4\" numChanged=1 changes=\"ns/svc1: +[-A ns/svc1]\""
            + " process=\"nft\" pid=42 what=\"deleted table\"",
            Assert.Single(_.Logger.Lines, static line => line.Level == LogLevel.Warning).Text);
        Assert.Equal([0, 1], _.Observer.Verifications);
        Assert.Equal(1, _.V6.Verifications);
    }

    [Fact]
    public async Task A_change_that_leaves_everything_as_it_should_be_is_no_warning_and_no_sync()
    {
        await _.Listed(SyncFixture.Service(1)).TurnAsync();
        var plans = _.V4.Plans;

        _.Loop.KernelChanged(Deleted);
        await _.PassAsync(2 * Second);

        Assert.Equal((2, plans), (_.V4.Verifications, _.V4.Plans));
        Assert.All(_.Logger.Lines, static line => Assert.True(line.Level < LogLevel.Warning));
        Assert.Equal(1, _.Logger.Count("they are as they should be"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public async Task Who_fights_is_answered_once_in_a_while(int minSyncPeriod)
    {
        var fixture = new SyncFixture(new SyncSettings { MinSyncPeriod = minSyncPeriod * Second });
        await fixture.Listed(SyncFixture.Service(1)).TurnAsync();
        Break();
        await fixture.TurnAsync();
        Assert.Equal(2, fixture.V4.Transactions.Count);

        Break();
        var wait = Math.Max(minSyncPeriod, 1) * Second;
        Assert.Equal(wait, await fixture.TurnAsync());
        Assert.Empty(fixture.V4.Kernel);

        await fixture.PassAsync(wait);
        await fixture.TurnAsync();
        Assert.Equal(fixture.Desired(IpFamily.IPv4), fixture.V4.Kernel);
        Assert.Equal(3, fixture.V4.Transactions.Count);

        void Break()
        {
            fixture.V4.Kernel.Clear();
            fixture.Loop.KernelChanged(Deleted);
        }
    }

    [Fact]
    public async Task A_change_of_the_cluster_does_not_wait_for_the_fight()
    {
        await _.Listed(SyncFixture.Service(1)).PassAsync(2 * Second);
        _.Loop.KernelChanged(Deleted);
        await _.TurnAsync();
        _.Loop.KernelChanged(Deleted);

        await _.Put(SyncFixture.Service(2)).TurnAsync();

        Assert.Equal([SyncFixture.Name(2)], _.V4.Transactions[1]);
        Assert.Equal(2, _.V4.Verifications);
    }

    [Fact]
    public async Task While_syncs_fail_nothing_spins_and_afterwards_it_is_looked_into()
    {
        await _.Listed(SyncFixture.Service(1)).PassAsync(2 * Second);
        _.V4.IsBroken = true;
        _.Loop.KernelChanged(Deleted);

        Assert.Equal(Second, await _.TurnAsync()); // the verification failed: the sync that is tried again comes first
        Assert.False(_.Loop.Families[0].InSync);
        Assert.True(_.Loop.Families[1].InSync);

        _.V4.IsBroken = false;
        _.V4.Kernel.Clear();
        await _.PassAsync(2 * Second);
        Assert.Equal(_.Desired(IpFamily.IPv4), _.V4.Kernel);
        Assert.Equal(0, _.Observer.Verifications[^1]);
    }

    [Fact]
    public async Task What_is_said_before_the_first_sync_is_looked_into_with_it()
    {
        _.Loop.KernelChanged(Deleted);
        await _.Listed(SyncFixture.Service(1)).PassAsync(2 * Second);

        Assert.Equal(1, _.V4.Verifications);
        Assert.Equal(_.Desired(IpFamily.IPv4), _.V4.Kernel);
    }
}
