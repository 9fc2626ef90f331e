using Shunt.Backends;
using Shunt.Model;
using Shunt.Proxy.Modes;
using Shunt.Proxy.Sync;
using Shunt.Testing.Builders;

namespace Shunt.Proxy.Tests.Modes;

public sealed class LeftoverRemovalTests
{
    private readonly LeftoverRemoval _removal;
    private int _removals;

    public LeftoverRemovalTests()
    {
        _removal = new LeftoverRemoval(_ =>
        {
            _removals++;
            return Task.CompletedTask;
        });
        _removal.WaitFor(IpFamily.IPv4);
        _removal.WaitFor(IpFamily.IPv6);
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_others_left_goes_once_when_all_families_are_in_sync()
    {
        var running = _removal.RunAsync(Ct);
        Succeed(IpFamily.IPv4);
        Succeed(IpFamily.IPv4);
        await _removal.RemoveIfInSyncAsync(Ct);
        Assert.Equal((0, false), (_removals, running.IsCompleted));

        Succeed(IpFamily.IPv6);
        await running;
        Succeed(IpFamily.IPv4);
        Succeed(IpFamily.IPv6);

        Assert.Equal(1, _removals);
    }

    [Fact]
    public async Task A_single_run_that_is_in_sync_removes_it_too()
    {
        Succeed(IpFamily.IPv4);
        Succeed(IpFamily.IPv6);

        await _removal.RemoveIfInSyncAsync(Ct);

        Assert.Equal(1, _removals);
    }

    [Fact]
    public async Task An_agent_that_is_told_to_end_before_removes_nothing()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var running = _removal.RunAsync(stop.Token);

        await stop.CancelAsync();
        await running;

        Assert.Equal(0, _removals);
    }

    private void Succeed(IpFamily family) => _removal.Succeeded(new SyncReport
    {
        Desired = ClusterStateExtensions.NewCluster().Snapshot(family),
        Result = new ApplyResult([], 0),
        Elapsed = TimeSpan.Zero,
    });
}
