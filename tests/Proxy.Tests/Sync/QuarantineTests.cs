using Microsoft.Extensions.Logging;
using Shunt.Model;

namespace Shunt.Proxy.Tests.Sync;

/// <summary>What the kernel refuses, seen through the whole loop.</summary>
public sealed class QuarantineTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly SyncFixture _ = new();

    [Fact]
    public async Task A_refused_service_is_named_once_and_costs_no_other_service_its_update()
    {
        _.V4.Refuses[SyncFixture.Name(2)] = "line 7 failed";
        await _.Listed([.. SyncFixture.Service(1), .. SyncFixture.Service(2)]).PassAsync(2 * Second);
        await _.Put(SyncFixture.Service(3)).PassAsync(2 * Second);

        Assert.Equal([SyncFixture.Name(1), SyncFixture.Name(3)], _.V4.Kernel.Keys.Order());
        Assert.Equal([SyncFixture.Name(3)], _.V4.Transactions[^1]);
        Assert.Equal(1, _.Loop.Families[0].Refused);
        var line = Assert.Single(_.Logger.Lines, static line => line.Level == LogLevel.Warning);
        Assert.Contains("ns/svc2/TCP", line.Text, StringComparison.Ordinal);
        Assert.Contains("line 7 failed", line.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_service_refused_right_after_a_restart_keeps_what_the_kernel_has_of_it()
    {
        await _.Listed(SyncFixture.Service(1)).PassAsync(2 * Second);
        var restarted = new SyncFixture();
        var old = restarted.V4.Kernel[SyncFixture.Name(1)] = _.V4.Kernel[SyncFixture.Name(1)];
        restarted.V4.Refuses[SyncFixture.Name(1)] = "no";

        await restarted.Listed(SyncFixture.Service(1, endpoint: 9)).PassAsync(2 * Second);
        await restarted.Put(SyncFixture.Service(3)).PassAsync(2 * Second);
        Assert.Same(old, restarted.V4.Kernel[SyncFixture.Name(1)]);

        restarted.V4.Refuses.Clear();
        await restarted.PassAsync(3 * Minute);
        Assert.Equal(restarted.Desired(IpFamily.IPv4), restarted.V4.Kernel);
    }

    [Fact]
    public async Task It_is_tried_again_after_a_minute_then_two_then_four_up_to_fifteen()
    {
        _.V4.Refuses[SyncFixture.Name(1)] = "no";
        _.Listed(SyncFixture.Service(1));
        var start = _.Time.GetUtcNow();
        var tries = new List<double>();

        for (var i = 0; i < 60 * 60; i++)
        {
            var before = _.V4.Transactions.Count;
            await _.TurnAsync();
            if (_.V4.Transactions.Count > before) tries.Add((_.Time.GetUtcNow() - start).TotalMinutes);
            _.Time.Advance(Second);
        }

        Assert.Equal([0, 1, 3, 7, 15, 30, 45], tries);
        Assert.Single(_.Logger.Lines, static line => line.Level == LogLevel.Warning);
    }

    [Fact]
    public async Task It_is_tried_at_once_when_it_changes()
    {
        _.V4.Refuses[SyncFixture.Name(1)] = "no";
        await _.Listed(SyncFixture.Service(1)).PassAsync(5 * Second);
        _.V4.Refuses.Clear();

        await _.Put(SyncFixture.Service(1, endpoint: 9)).PassAsync(2 * Second);

        Assert.Equal(_.Desired(IpFamily.IPv4), _.V4.Kernel);
        Assert.Equal(0, _.Loop.Families[0].Refused);
        Assert.Equal(1, _.Logger.Count("accepts a service port after all\" ipFamily=\"IPv4\" portName=\"ns/svc1\""));
    }

    [Fact]
    public async Task A_service_whose_update_is_refused_stays_as_it_was()
    {
        await _.Listed([.. SyncFixture.Service(1), .. SyncFixture.Service(2)]).PassAsync(2 * Second);
        var before = _.V4.Kernel[SyncFixture.Name(1)];
        _.V4.Refuses[SyncFixture.Name(1)] = "no";

        await _.Put(SyncFixture.Service(1, endpoint: 9)).PassAsync(5 * Second);
        await _.Put(SyncFixture.Service(2, endpoint: 9)).PassAsync(5 * Second);

        Assert.Equal(before, _.V4.Kernel[SyncFixture.Name(1)]);
        Assert.Equal(_.Desired(IpFamily.IPv4)[SyncFixture.Name(2)], _.V4.Kernel[SyncFixture.Name(2)]);
    }

    [Fact]
    public async Task It_is_in_force_after_the_retry_when_the_kernel_has_changed_its_mind()
    {
        _.V4.Refuses[SyncFixture.Name(1)] = "no";
        await _.Listed(SyncFixture.Service(1)).PassAsync(5 * Second);
        _.V4.Refuses.Clear();

        await _.PassAsync(Minute);

        Assert.Equal(_.Desired(IpFamily.IPv4), _.V4.Kernel);
    }

    [Fact]
    public async Task A_refused_service_that_is_deleted_is_forgotten()
    {
        _.V4.Refuses[SyncFixture.Name(1)] = "no";
        await _.Listed(SyncFixture.Service(1)).PassAsync(5 * Second);

        await _.Delete(SyncFixture.Service(1)[0]).PassAsync(5 * Second);

        Assert.Equal(0, _.Loop.Families[0].Refused);
        Assert.Empty(_.V4.Kernel);
    }

    [Fact]
    public async Task Many_refused_for_one_reason_are_one_line()
    {
        for (var i = 0; i < 20; i++) _.V4.Refuses[SyncFixture.Name(i)] = "no match by that name";

        await _.Listed([.. Enumerable.Range(0, 30).SelectMany(static i => SyncFixture.Service(i))]).PassAsync(5 * Second);

        var line = Assert.Single(_.Logger.Lines, static line => line.Level == LogLevel.Warning);
        Assert.Contains(" count=20 ", line.Text, StringComparison.Ordinal);
        Assert.Contains("and 15 more", line.Text, StringComparison.Ordinal);
        Assert.Equal(10, _.V4.Kernel.Count);
    }

    [Fact]
    public async Task A_new_reason_is_said_again()
    {
        _.V4.Refuses[SyncFixture.Name(1)] = "no";
        await _.Listed(SyncFixture.Service(1)).PassAsync(5 * Second);
        _.V4.Refuses[SyncFixture.Name(1)] = "still no, but otherwise";

        await _.PassAsync(2 * Minute);

        Assert.Equal(2, _.Logger.Lines.Count(static line => line.Level == LogLevel.Warning));
    }

    [Fact]
    public async Task A_retry_that_fails_altogether_is_not_repeated_with_every_sync()
    {
        await _.Listed(SyncFixture.Service(2)).PassAsync(2 * Second);
        _.V4.Refuses[SyncFixture.Name(1)] = "no";
        await _.Put(SyncFixture.Service(1)).PassAsync(50 * Second);
        _.V4.IsBroken = true;
        await _.PassAsync(15 * Second);
        _.V4.IsBroken = false;
        var before = _.V4.Transactions.Count;

        await _.PassAsync(50 * Second);

        Assert.Equal(before, _.V4.Transactions.Count);
        Assert.True(_.Loop.Families[0].InSync);
        await _.PassAsync(Minute);
        Assert.Equal(before + 1, _.V4.Transactions.Count);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(4711)]
    public async Task Refusals_that_come_and_go_among_faults_leave_everything_in_force_in_the_end(int seed)
    {
        var random = new Random(seed);
        var faulty = new SyncFixture(faultSeed: seed);
        faulty.Listed([.. Enumerable.Range(0, 20).SelectMany(static i => SyncFixture.Service(i))]);
        for (var step = 0; step < 300; step++)
        {
            var number = random.Next(30);
            if (random.Next(3) == 0) faulty.V4.Refuses[SyncFixture.Name(random.Next(30))] = $"reason {random.Next(3)}";
            if (random.Next(3) == 0) faulty.V4.Refuses.Remove(SyncFixture.Name(random.Next(30)));
            if (random.Next(4) == 0) faulty.Delete(SyncFixture.Service(number)[random.Next(3)]);
            else faulty.Put(SyncFixture.Service(number, random.Next(1, 5)));
            await faulty.PassAsync(TimeSpan.FromMilliseconds(random.Next(40_000)));

            var desired = faulty.Desired(IpFamily.IPv4);
            var wrong = desired.Keys.Union(faulty.V4.Kernel.Keys)
                .Where(name => !faulty.V4.Refuses.ContainsKey(name) && !Equals(desired.GetValueOrDefault(name), faulty.V4.Kernel.GetValueOrDefault(name)));
            if (faulty.Loop.Families[0].InSync) Assert.True(wrong.Count() <= faulty.Loop.Families[0].Refused, $"seed {seed}, step {step}: {string.Join(' ', wrong)}");
        }

        faulty.V4.Refuses.Clear();
        for (var i = 0; i < 10 && faulty.Loop.Families[0].Refused > 0; i++) await faulty.PassAsync(16 * Minute);

        Assert.Equal(0, faulty.Loop.Families[0].Refused);
        Assert.Equal(faulty.Desired(IpFamily.IPv4), faulty.V4.Kernel);
    }
}
