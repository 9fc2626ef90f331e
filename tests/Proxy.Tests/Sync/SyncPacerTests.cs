using Microsoft.Extensions.Time.Testing;
using Shunt.Proxy.Sync;

namespace Shunt.Proxy.Tests.Sync;

/// <summary>07 row 141.</summary>
public sealed class SyncPacerTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Nothing_is_due_before_the_first_request_and_that_is_due_at_once()
    {
        var pacer = Pacer(min: 1, retry: 30, max: 3600);

        Assert.Null(pacer.DueIn);
        pacer.Request();
        Assert.Equal(TimeSpan.Zero, pacer.DueIn);
    }

    [Fact]
    public void A_request_right_after_a_sync_waits_for_the_minimum_interval_from_its_end()
    {
        var pacer = Pacer(min: 2, retry: 30, max: 3600);
        pacer.Request();
        pacer.Started();
        Advance(5);
        pacer.Succeeded(null);

        pacer.Request();

        Assert.Equal(TimeSpan.FromSeconds(2), pacer.DueIn);
        Advance(1);
        Assert.Equal(TimeSpan.FromSeconds(1), pacer.DueIn);
        Advance(1);
        Assert.Equal(TimeSpan.Zero, pacer.DueIn);
    }

    [Fact]
    public void Requests_while_one_waits_are_merged_into_one_sync()
    {
        var pacer = Pacer(min: 1, retry: 30, max: 3600);
        for (var i = 0; i < 10; i++) pacer.Request();

        pacer.Started();
        pacer.Succeeded(null);

        Assert.Equal(TimeSpan.FromHours(1), pacer.DueIn);
    }

    [Fact]
    public void A_request_made_while_a_sync_runs_is_answered_by_the_next()
    {
        var pacer = Pacer(min: 1, retry: 30, max: 3600);
        pacer.Request();
        pacer.Started();
        pacer.Request();
        pacer.Succeeded(null);

        Assert.Equal(TimeSpan.FromSeconds(1), pacer.DueIn);
    }

    [Fact]
    public void Without_requests_the_next_sync_comes_after_the_longest_interval()
    {
        var pacer = Pacer(min: 1, retry: 30, max: 100);
        Sync(pacer);

        Advance(99);
        Assert.Equal(TimeSpan.FromSeconds(1), pacer.DueIn);
        Advance(1);
        Assert.Equal(TimeSpan.Zero, pacer.DueIn);
    }

    [Fact]
    public void The_longest_interval_starts_again_with_every_sync()
    {
        var pacer = Pacer(min: 1, retry: 30, max: 100);
        Sync(pacer);
        Advance(50);
        Sync(pacer);

        Assert.Equal(TimeSpan.FromSeconds(100), pacer.DueIn);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(3, 4)]
    [InlineData(5, 16)]
    [InlineData(6, 30)]
    [InlineData(60, 30)]
    public void Each_failure_doubles_the_wait_up_to_the_sync_period(int failures, int seconds)
    {
        var pacer = Pacer(min: 0, retry: 30, max: 3600);
        var wait = TimeSpan.Zero;
        for (var i = 0; i < failures; i++)
        {
            pacer.Started();
            wait = pacer.Failed();
        }

        Assert.Equal(TimeSpan.FromSeconds(seconds), wait);
        Assert.Equal(wait, pacer.DueIn);
        Assert.Equal(failures, pacer.Failures);
    }

    [Fact]
    public void A_retry_is_never_sooner_than_the_minimum_interval()
    {
        var pacer = Pacer(min: 10, retry: 30, max: 3600);
        pacer.Started();

        Assert.Equal(TimeSpan.FromSeconds(10), pacer.Failed());
        Assert.Equal(TimeSpan.FromSeconds(10), pacer.DueIn);
    }

    [Fact]
    public void A_request_does_not_wait_for_the_retry_of_a_failed_sync()
    {
        var pacer = Pacer(min: 1, retry: 30, max: 3600);
        for (var i = 0; i < 5; i++)
        {
            pacer.Started();
            pacer.Failed();
        }

        pacer.Request();

        Assert.Equal(TimeSpan.FromSeconds(1), pacer.DueIn);
    }

    [Fact]
    public void A_success_forgets_the_failures()
    {
        var pacer = Pacer(min: 0, retry: 30, max: 3600);
        pacer.Started();
        pacer.Failed();
        pacer.Started();
        pacer.Failed();
        Sync(pacer);

        pacer.Started();
        Assert.Equal(TimeSpan.FromSeconds(1), pacer.Failed());
    }

    [Fact]
    public void An_urgent_request_does_not_wait_for_the_minimum_interval()
    {
        var pacer = Pacer(min: 10, retry: 30, max: 3600);
        Sync(pacer);

        pacer.RequestNow();

        Assert.Equal(TimeSpan.Zero, pacer.DueIn);
    }

    [Fact]
    public void A_longest_interval_below_the_minimum_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Pacer(min: 10, retry: 30, max: 5));

    private SyncPacer Pacer(int min, int retry, int max) =>
        new(_time, TimeSpan.FromSeconds(min), TimeSpan.FromSeconds(retry), TimeSpan.FromSeconds(max));

    private void Advance(int seconds) => _time.Advance(TimeSpan.FromSeconds(seconds));

    private static void Sync(SyncPacer pacer)
    {
        pacer.Request();
        pacer.Started();
        pacer.Succeeded(null);
    }
}
