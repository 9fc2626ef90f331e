using Shunt.Backends;
using Shunt.Model;
using Shunt.Testing.Builders;

namespace Shunt.Proxy.Tests.Sync;

/// <summary><c>--once</c>, with the loop waiting by itself.</summary>
public sealed class SyncOnceTests
{
    private readonly SyncFixture _ = new();

    [Fact(Timeout = 60_000)]
    public async Task It_ends_well_as_soon_as_both_families_are_in_sync()
    {
        _.Listed(SyncFixture.Service(1));

        Assert.True(await OnceAsync());
        Assert.Equal(1, _.Logger.Count("The kernel is as desired"));
    }

    [Fact(Timeout = 60_000)]
    public async Task It_ends_badly_when_something_was_refused()
    {
        _.V4.Refuses[SyncFixture.Name(1)] = "no";
        _.Listed(SyncFixture.Service(1));

        Assert.False(await OnceAsync());
    }

    [Fact(Timeout = 60_000)]
    public async Task It_gives_up_after_three_failed_syncs_of_a_family()
    {
        _.V6.IsBroken = true;
        _.Listed(SyncFixture.Service(1));

        Assert.False(await OnceAsync());
        Assert.Equal(3, _.Loop.Families[1].Failures);
        Assert.Single(_.V4.Kernel);
        Assert.Equal(1, _.Logger.Count("\"Gave up after failed syncs\" attempts=3"));
    }

    [Fact(Timeout = 60_000)]
    public async Task It_gives_up_when_the_cluster_does_not_become_known()
    {
        Assert.False(await OnceAsync());
        Assert.Equal(1, _.Logger.Count("the state of the cluster did not come in time\" timeout=\"1m0s\""));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_source_that_ends_is_no_reason_to_stop_or_to_spin()
    {
        _.V6.IsBroken = true;
        _.Listed(SyncFixture.Service(1));
        _.EndSource();

        Assert.False(await OnceAsync());
    }

    [Fact(Timeout = 60_000)]
    public async Task A_source_that_fails_ends_the_agent_with_its_error()
    {
        _.Listed(SyncFixture.Service(1));
        _.EndSource(new ConfigurationException("the token file is gone"));

        var e = await Assert.ThrowsAsync<ConfigurationException>(() => _.Loop.RunAsync(_.Events, TestContext.Current.CancellationToken));

        Assert.Equal("the token file is gone", e.Message);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_loop_that_is_cancelled_ends_without_an_error()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var running = _.Listed(SyncFixture.Service(1)).Loop.RunAsync(_.Events, stop.Token);

        await stop.CancelAsync();

        await running;
        Assert.Single(_.V4.Kernel);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_running_loop_wakes_up_for_an_event()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var running = _.Listed(SyncFixture.Service(1)).Loop.RunAsync(_.Events, stop.Token);
        _.Put(SyncFixture.Service(2));

        while (_.V4.Transactions.Count < 2)
        {
            _.Time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        await stop.CancelAsync();
        await running;
        Assert.Equal(2, _.V4.Kernel.Count);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_running_loop_wakes_up_for_the_machines_addresses(bool isSourceOver)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        _.Listed(SyncFixture.Service(1));
        if (isSourceOver) _.EndSource();
        var running = _.Loop.RunAsync(_.Events, stop.Token);
        _.Time.Advance(TimeSpan.FromSeconds(2));

        // Nothing else is due: time stands still.
        var plans = _.V4.Plans;
        _.NodePorts = new NodePortAddresses { Addresses = [Build.Ip("192.0.2.1")] };
        _.Loop.AddressesChanged();
        while (_.V4.Plans == plans) await Task.Yield();

        await stop.CancelAsync();
        await running;
    }

    [Fact(Timeout = 60_000)]
    public async Task A_running_loop_wakes_up_when_somebody_changes_the_kernel()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        _.Listed(SyncFixture.Service(1));
        var running = _.Loop.RunAsync(_.Events, stop.Token);
        _.V4.Kernel.Remove(SyncFixture.Name(1));

        // Time stands still.
        _.Loop.KernelChanged(new KernelChange(IpFamily.IPv4, 42, "nft", "deleted table"));
        while (_.V4.Transactions.Count < 2) await Task.Yield();

        await stop.CancelAsync();
        await running;
        Assert.Equal(_.Desired(IpFamily.IPv4), _.V4.Kernel);
    }

    /// <summary>Runs it, with the clock moving on whenever it waits.</summary>
    private async Task<bool> OnceAsync()
    {
        var once = _.Loop.RunOnceAsync(_.Events, TestContext.Current.CancellationToken);
        while (!once.IsCompleted)
        {
            _.Time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        return await once;
    }
}
