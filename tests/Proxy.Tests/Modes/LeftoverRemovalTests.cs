using Shunt.Backends;
using Shunt.Model;
using Shunt.Proxy.Modes;
using Shunt.Proxy.Sync;

namespace Shunt.Proxy.Tests.Modes;

public sealed class LeftoverRemovalTests
{
    private readonly LeftoverRemoval _removal;
    private int _removed;

    public LeftoverRemovalTests()
    {
        _removal = new LeftoverRemoval(_ =>
        {
            _removed++;
            return Task.CompletedTask;
        });
        _removal.WaitFor(IpFamily.IPv4);
        _removal.WaitFor(IpFamily.IPv6);
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_synced_but_not_read_back_is_no_reason_to_remove_what_others_left()
    {
        Sync(IpFamily.IPv4);
        Sync(IpFamily.IPv6);
        await _removal.RemoveIfVerifiedAsync(Ct);
        Assert.Equal(0, _removed);

        _removal.Verified(IpFamily.IPv4, drifted: 0);
        _removal.Verified(IpFamily.IPv6, drifted: 0);
        await _removal.RemoveIfVerifiedAsync(Ct);
        Assert.Equal(1, _removed);
    }

    [Fact]
    public async Task A_family_whose_kernel_is_not_as_it_should_be_keeps_what_others_left()
    {
        _removal.Verified(IpFamily.IPv4, drifted: 0);
        _removal.Verified(IpFamily.IPv6, drifted: 2);
        await _removal.RemoveIfVerifiedAsync(Ct);
        Assert.Equal(0, _removed);

        _removal.Verified(IpFamily.IPv6, drifted: 0);
        await _removal.RemoveIfVerifiedAsync(Ct);
        Assert.Equal(1, _removed);
    }

    [Fact]
    public async Task Running_it_removes_once_however_often_the_kernel_is_read_back()
    {
        var running = _removal.RunAsync(Ct);
        for (var i = 0; i < 3; i++)
        {
            _removal.Verified(IpFamily.IPv4, drifted: 0);
            _removal.Verified(IpFamily.IPv6, drifted: 0);
        }

        await running;
        Assert.Equal(1, _removed);
    }

    [Fact]
    public async Task Asked_to_end_before_the_time_it_removes_nothing()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var running = _removal.RunAsync(stop.Token);
        _removal.Verified(IpFamily.IPv4, drifted: 0);

        await stop.CancelAsync();
        await running;

        Assert.Equal(0, _removed);
    }

    private void Sync(IpFamily family) => _removal.Succeeded(new SyncReport
    {
        Desired = new DesiredState { Family = family, Version = 1, Node = new NodeInfo { Name = "test-node" } },
        Result = new ApplyResult([], 0),
        Elapsed = TimeSpan.Zero,
    });
}
