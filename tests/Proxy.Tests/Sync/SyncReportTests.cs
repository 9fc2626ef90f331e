using Shunt.Model;
using Shunt.Proxy.Sync;
using Shunt.Testing.Builders;

namespace Shunt.Proxy.Tests.Sync;

/// <summary>What observers are told about syncs.</summary>
public sealed class SyncReportTests
{
    private readonly SyncFixture _fixture = new();

    [Fact]
    public async Task The_first_report_is_full_and_has_everything_as_new()
    {
        _fixture.Listed([.. SyncFixture.Service(1), .. SyncFixture.Service(2)]);

        await _fixture.TurnAsync();

        var report = Assert.Single(_fixture.Observer.Reports);
        Assert.True(report.IsFull);
        Assert.Null(report.Previous);
        Assert.Equal([(null, SyncFixture.Name(1)), (null, SyncFixture.Name(2))], Names(report));
    }

    [Fact]
    public async Task A_change_is_reported_as_what_it_was_and_what_it_is()
    {
        await SyncedAsync(SyncFixture.Service(1), SyncFixture.Service(2));

        _fixture.Put(SyncFixture.Service(1, endpoint: 7)).Delete(SyncFixture.Service(2)[0]).Put(SyncFixture.Service(3));
        await _fixture.PassAsync(TimeSpan.FromSeconds(2));

        var report = _fixture.Observer.Reports[^1];
        Assert.False(report.IsFull);
        Assert.Equal([(SyncFixture.Name(1), SyncFixture.Name(1)), (SyncFixture.Name(2), null), (null, SyncFixture.Name(3))], Names(report));
        var (before, after) = report.Changes().First();
        Assert.Equal("10.1.1.2:8080", Assert.Single(before!.Endpoints).ToString());
        Assert.Equal("10.1.7.2:8080", Assert.Single(after!.Endpoints).ToString());
    }

    [Fact]
    public async Task A_new_node_address_makes_a_full_report_without_what_stayed_the_same()
    {
        await SyncedAsync(SyncFixture.Service(1));

        _fixture.NodeInfo = _fixture.NodeInfo with { IPv4 = IpAddr.Parse("192.0.2.9") };
        _fixture.Put(SyncFixture.Service(2));
        await _fixture.PassAsync(TimeSpan.FromSeconds(2));

        var report = _fixture.Observer.Reports[^1];
        Assert.True(report.IsFull);
        Assert.Equal([(null, SyncFixture.Name(2))], Names(report));
    }

    [Fact]
    public async Task The_times_of_changes_are_kept_through_failures_and_reported_once()
    {
        await SyncedAsync(SyncFixture.Service(1));
        var trigger = new DateTimeOffset(2026, 11, 24, 8, 0, 0, TimeSpan.Zero);

        _fixture.V4.IsBroken = true;
        _fixture.Put(Build.Slice("ns/svc1-v4").For("svc1").Port(8080).Endpoints("10.1.9.9").TriggeredAt(trigger).Object);
        await _fixture.PassAsync(TimeSpan.FromSeconds(2));
        _fixture.V4.IsBroken = false;
        _fixture.Put(Build.Slice("ns/svc1-b").For("svc1").Port(8080).Endpoints("10.1.9.8").TriggeredAt(trigger.AddSeconds(1)).Object);
        await _fixture.PassAsync(TimeSpan.FromSeconds(5));
        _fixture.Put(SyncFixture.Service(2));
        await _fixture.PassAsync(TimeSpan.FromSeconds(5));

        Assert.NotEmpty(_fixture.Observer.FailuresThatWereFull);
        Assert.Equal([trigger, trigger.AddSeconds(1)], _fixture.Observer.Reports[1].TriggerTimes);
        Assert.Empty(_fixture.Observer.Reports[2].TriggerTimes);
    }

    [Fact]
    public async Task A_slice_that_goes_takes_the_times_of_its_Service_along()
    {
        await SyncedAsync(SyncFixture.Service(1));
        var slice = Build.Slice("ns/svc1-b").For("svc1").Port(8080).Endpoints("10.1.9.8").TriggeredAt(DateTimeOffset.UnixEpoch).Object;

        _fixture.Put(slice).Delete(slice);
        await _fixture.PassAsync(TimeSpan.FromSeconds(2));

        Assert.Empty(_fixture.Observer.Reports[^1].TriggerTimes);
    }

    [Fact]
    public async Task The_first_sync_is_verified_at_once()
    {
        await SyncedAsync(SyncFixture.Service(1));

        Assert.Equal([0], _fixture.Observer.Verifications);
    }

    private async Task SyncedAsync(params Shunt.Proxy.State.ClusterObject[][] services)
    {
        _fixture.Listed([.. services.SelectMany(static service => service)]);
        await _fixture.TurnAsync();
        Assert.Single(_fixture.Observer.Reports);
    }

    private static List<(ServicePortName? Before, ServicePortName? After)> Names(SyncReport report) =>
        [.. report.Changes().Select(static change => (change.Before?.Port.Name, change.After?.Port.Name))];
}
