using Microsoft.Extensions.Logging;
using Shunt.Model;
using Shunt.Proxy.Sync;
using Shunt.Testing.Builders;

namespace Shunt.Proxy.Tests.Sync;

public sealed class SyncLoopTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly SyncFixture _ = new();

    [Fact]
    public async Task Nothing_is_touched_before_everything_has_been_listed()
    {
        _.Put(SyncFixture.Service(1));

        Assert.Null(await _.TurnAsync());
        Assert.Equal(0, _.V4.Plans);
        Assert.True(_.Loop.Families.IsDefault);
    }

    [Fact]
    public async Task The_first_sync_comes_at_once_when_everything_has_been_listed()
    {
        _.Listed([.. SyncFixture.Service(1), .. SyncFixture.Service(2)]);

        await _.TurnAsync();

        Assert.Equal(_.Desired(IpFamily.IPv4), _.V4.Kernel);
        Assert.Equal(_.Desired(IpFamily.IPv6), _.V6.Kernel);
        Assert.Equal(2, _.V4.Kernel.Count);
        Assert.Equal(1, _.Logger.Count("\"Using iptables Proxier\""));
        Assert.Equal(1, _.Logger.Count("\"kube-proxy running in dual-stack mode\" primary ipFamily=\"IPv4\""));
        Assert.Equal(2, _.Logger.Count("SyncProxyRules complete"));
    }

    [Fact]
    public async Task Events_that_are_ready_together_make_one_transaction()
    {
        await _.Listed().PassAsync(2 * Second);

        for (var i = 0; i < 100; i++) _.Put(SyncFixture.Service(i));
        await _.PassAsync(10 * Second);

        Assert.Equal(100, Assert.Single(_.V4.Transactions).Length);
        Assert.Equal(_.Desired(IpFamily.IPv4), _.V4.Kernel);
    }

    [Fact]
    public async Task Changes_within_the_minimum_interval_wait_and_go_together()
    {
        await _.Listed(SyncFixture.Service(1)).TurnAsync();

        _.Put(SyncFixture.Service(2));
        var due = await _.TurnAsync();
        _.Put(SyncFixture.Service(3));
        await _.TurnAsync();
        Assert.Single(_.V4.Transactions);
        await _.PassAsync(2 * Second);

        Assert.Equal(Second, due);
        Assert.Equal([SyncFixture.Name(2), SyncFixture.Name(3)], _.V4.Transactions[1]);
        Assert.Equal(2, _.V4.Transactions.Count);
    }

    [Fact]
    public async Task Nothing_changed_means_nothing_planned_and_nothing_applied()
    {
        await _.Listed(SyncFixture.Service(1)).PassAsync(2 * Second);
        var plans = _.V4.Plans;

        await _.Put(SyncFixture.Service(1)).PassAsync(20 * TimeSpan.FromMinutes(1));

        Assert.Equal(plans, _.V4.Plans);
        Assert.Single(_.V4.Transactions);
    }

    [Fact]
    public async Task A_kernel_that_is_already_right_is_left_alone()
    {
        var other = new SyncFixture();
        await other.Listed(SyncFixture.Service(1)).TurnAsync();
        foreach (var (name, service) in other.V4.Kernel) _.V4.Kernel[name] = service;

        await _.Listed(SyncFixture.Service(1)).PassAsync(10 * Second);

        Assert.Empty(_.V4.Transactions);
        Assert.Single(_.V6.Transactions);
    }

    [Fact]
    public async Task One_family_that_fails_does_not_stop_the_other()
    {
        _.V4.IsBroken = true;
        await _.Listed(SyncFixture.Service(1)).PassAsync(5 * Second);
        await _.Put(SyncFixture.Service(2)).PassAsync(5 * Second);

        Assert.Empty(_.V4.Kernel);
        Assert.Equal(_.Desired(IpFamily.IPv6), _.V6.Kernel);
        Assert.Equal(2, _.V6.Transactions.Count);
        Assert.True(_.Loop.Families[0].Failures > 1);
        Assert.False(_.Loop.Families[0].InSync);
        Assert.True(_.Loop.Families[1].InSync);
        Assert.True(_.Logger.Count(" ipFamily=\"IPv4\" retryingTime=\"1s\"") >= 1);
    }

    [Fact]
    public async Task Nothing_pending_is_lost_by_a_failure()
    {
        await _.Listed(SyncFixture.Service(1)).PassAsync(2 * Second);
        _.V4.IsBroken = true;
        await _.Put(SyncFixture.Service(2)).PassAsync(2 * Second);
        await _.Delete(SyncFixture.Service(1)[0]).PassAsync(2 * Second);

        _.V4.IsBroken = false;
        await _.PassAsync(60 * Second);

        Assert.Equal([SyncFixture.Name(2)], _.V4.Kernel.Keys);
        Assert.Equal(_.Desired(IpFamily.IPv4), _.V4.Kernel);
        Assert.Equal(0, _.Loop.Families[0].Failures);
    }

    [Fact]
    public async Task While_it_fails_retries_come_further_and_further_apart_up_to_the_sync_period()
    {
        _.V4.IsBroken = true;
        await _.Listed().PassAsync(TimeSpan.FromMinutes(10));

        // 1 + 2 + 4 + 8 + 16 seconds, then every 30, when the look at the rules fails as well.
        Assert.InRange(_.Loop.Families[0].Failures, 20, 60);
        Assert.Contains(_.Logger.Lines, static line => line.Text.Contains("retryingTime=\"30s\"", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(20260)]
    [InlineData(777)]
    public async Task With_one_operation_in_ten_failing_it_converges_whatever_happens(int seed)
    {
        var random = new Random(seed);
        var faulty = new SyncFixture(faultSeed: seed);
        faulty.Listed([.. Enumerable.Range(0, 20).SelectMany(static i => SyncFixture.Service(i))]);
        for (var step = 0; step < 200; step++)
        {
            var number = random.Next(40);
            if (random.Next(4) == 0) faulty.Delete(SyncFixture.Service(number)[random.Next(3)]);
            else faulty.Put(SyncFixture.Service(number, random.Next(1, 5)));
            if (random.Next(20) == 0) faulty.V4.Flush();
            await faulty.PassAsync(TimeSpan.FromMilliseconds(random.Next(3000)));
        }

        await faulty.PassAsync(TimeSpan.FromMinutes(20));

        Assert.True(faulty.V4.Faults > 5, $"seed {seed}: too few faults to mean anything");
        Assert.Equal(faulty.Desired(IpFamily.IPv4), faulty.V4.Kernel);
        Assert.Equal(faulty.Desired(IpFamily.IPv6), faulty.V6.Kernel);
    }

    [Fact]
    public async Task Rules_flushed_by_somebody_else_are_back_within_the_sync_period()
    {
        await _.Listed(SyncFixture.Service(1)).PassAsync(2 * Second);
        _.V4.Flush();

        await _.PassAsync(31 * Second);

        Assert.Equal(_.Desired(IpFamily.IPv4), _.V4.Kernel);
        Assert.Equal(1, _.Logger.Count("Reloading after iptables flush"));
        Assert.Single(_.V6.Transactions);
    }

    [Fact]
    public async Task Once_an_hour_what_somebody_else_changed_is_found_and_repaired()
    {
        await _.Listed([.. SyncFixture.Service(1), .. SyncFixture.Service(2)]).PassAsync(2 * Second);
        _.V4.Kernel.Remove(SyncFixture.Name(1));

        await _.PassAsync(TimeSpan.FromMinutes(61));

        Assert.Equal(2, _.V4.Verifications); // the first sync is verified at once
        Assert.Equal(_.Desired(IpFamily.IPv4), _.V4.Kernel);
        Assert.Contains(_.Logger.Lines, static line => line is (LogLevel.Warning, var text) && text.StartsWith("\"Somebody else changed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task New_addresses_of_the_machine_are_noticed_without_an_event()
    {
        await _.Listed(SyncFixture.Service(1)).PassAsync(2 * Second);
        var plans = _.V4.Plans;
        _.NodePorts = new NodePortAddresses { Addresses = [Build.Ip("192.0.2.1")] };

        await _.PassAsync(31 * Second);

        Assert.Equal(plans + 1, _.V4.Plans);
    }

    [Fact]
    public async Task A_change_of_the_machines_addresses_that_moves_node_ports_syncs_at_once()
    {
        await _.Listed(SyncFixture.Service(1)).PassAsync(2 * Second);
        var plans = _.V4.Plans;

        _.Loop.AddressesChanged();
        await _.PassAsync(2 * Second);
        Assert.Equal(plans, _.V4.Plans);

        _.NodePorts = new NodePortAddresses { Addresses = [Build.Ip("192.0.2.1")] };
        _.Loop.AddressesChanged();
        await _.PassAsync(2 * Second);
        Assert.Equal(plans + 1, _.V4.Plans);
    }

    [Fact]
    public async Task The_first_sync_waits_for_the_node_but_only_so_long()
    {
        var patient = new SyncFixture(new SyncSettings { WaitsForNode = true });
        await patient.Listed(SyncFixture.Service(1)).PassAsync(29 * Second);
        Assert.Equal(0, patient.V4.Plans);
        await patient.PassAsync(2 * Second);
        Assert.NotEmpty(patient.V4.Kernel);

        var lucky = new SyncFixture(new SyncSettings { WaitsForNode = true });
        await lucky.Listed(SyncFixture.Service(1)).PassAsync(5 * Second);
        Assert.Equal(0, lucky.V4.Plans);
        await lucky.Put(Build.Node().Addresses("192.0.2.1").Object).TurnAsync();
        Assert.NotEmpty(lucky.V4.Kernel);
    }

    [Fact]
    public async Task A_node_that_is_deleted_is_said_and_stays_as_it_was_known()
    {
        await _.Listed([.. SyncFixture.Service(1), Build.Node().Addresses("192.0.2.1").Object]).PassAsync(2 * Second);

        await _.Delete(Build.Node().Object).PassAsync(2 * Second);

        Assert.Equal(1, _.Logger.Count("Node is being deleted"));
        Assert.NotNull(_.Cluster.Node);
        Assert.Single(_.V4.Transactions);
    }

    [Fact]
    public async Task NodeCIDR_detection_waits_for_pod_networks_and_ends_the_agent_when_they_change()
    {
        var fixture = new SyncFixture(new SyncSettings { WaitsForNode = true, NeedsPodCidrs = true });
        await fixture.Listed(SyncFixture.Service(1)).PassAsync(TimeSpan.FromMinutes(4));
        Assert.Equal(0, fixture.V4.Plans);

        fixture.NodeInfo = fixture.NodeInfo with { PodCidrs = [IpPrefix.Parse("10.1.0.0/24")] };
        await fixture.Put(Build.Node().PodCidrs("10.1.0.0/24").Object).PassAsync(2 * Second);
        Assert.NotEmpty(fixture.V4.Kernel);

        fixture.NodeInfo = fixture.NodeInfo with { PodCidrs = [IpPrefix.Parse("10.2.0.0/24")] };
        fixture.Put(Build.Node().PodCidrs("10.2.0.0/24").Object);
        var e = await Assert.ThrowsAsync<AgentStoppedException>(async () => await fixture.TurnAsync());
        Assert.Equal("PodCIDRs changed for the node", e.Message);
    }

    [Fact]
    public async Task NodeCIDR_detection_gives_up_after_five_minutes()
    {
        var fixture = new SyncFixture(new SyncSettings { WaitsForNode = true, NeedsPodCidrs = true });

        var e = await Assert.ThrowsAsync<AgentStoppedException>(() => fixture.Listed().PassAsync(TimeSpan.FromMinutes(6)));

        Assert.Equal("timeout waiting for node \"test-node\" to exist", e.Message);
    }
}
