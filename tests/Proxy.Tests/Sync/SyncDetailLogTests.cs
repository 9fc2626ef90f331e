using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Shunt.Backends;
using Shunt.Proxy.Sync;
using Shunt.Testing.Logging;

namespace Shunt.Proxy.Tests.Sync;

public sealed class SyncDetailLogTests
{
    private readonly SyncFixture _fixture = new();
    private readonly RecordingLogger _logger = new();
    private readonly FakeTimeProvider _time = new();

    private SyncDetailLog Log => new("iptables", _time, _logger);

    [Fact]
    public async Task A_new_service_port_is_named_with_its_address_and_endpoints()
    {
        await ChangeAsync(static fixture => fixture.Put(SyncFixture.Service(2)));

        Assert.Contains("\"Adding new service port\" ipFamily=\"IPv4\" portName=\"ns/svc2\" servicePort=\"172.30.0.3:80/TCP\"", Texts);
        Assert.Contains("\"Setting endpoints for service port name\" ipFamily=\"IPv4\" portName=\"ns/svc2\" endpoints=[\"10.1.1.3:8080\"]", Texts);
        Assert.DoesNotContain(Texts, static text => text.Contains("svc1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_service_port_that_is_gone_is_named()
    {
        await ChangeAsync(static fixture => fixture.Delete(SyncFixture.Service(1)[0]));

        Assert.Contains("\"Removing service port\" ipFamily=\"IPv4\" portName=\"ns/svc1\"", Texts);
    }

    [Fact]
    public async Task Other_endpoints_do_not_make_another_service_port()
    {
        await ChangeAsync(static fixture => fixture.Put(SyncFixture.Service(1, endpoint: 7)));

        Assert.Contains("\"Setting endpoints for service port name\" ipFamily=\"IPv4\" portName=\"ns/svc1\" endpoints=[\"10.1.7.2:8080\"]", Texts);
        Assert.DoesNotContain(Texts, static text => text.Contains("existing service port", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_was_written_is_counted_and_the_time_since_the_trigger_is_said()
    {
        await ChangeAsync(static fixture => fixture.Put(SyncFixture.Service(2)));
        var report = _fixture.Observer.Reports[^1];
        var counted = report with
        {
            Result = new ApplyResult([], 100) { Tables = [new TableCount("nat", 9, 5), new TableCount("filter", 4, 1)] },
            TriggerTimes = [_time.GetUtcNow()],
        };
        _time.Advance(TimeSpan.FromMilliseconds(1500));

        Log.Succeeded(counted);

        Assert.Contains(
            "\"Reloading service iptables data\" ipFamily=\"IPv4\" fullSync=false numServices=2 numEndpoints=2 numFilterRules=1 numNATRules=5", Texts);
        Assert.Contains("\"Network programming\" ipFamily=\"IPv4\" elapsed=\"1.5s\"", Texts);
    }

    [Fact]
    public async Task A_sync_that_sent_nothing_reloaded_nothing()
    {
        await ChangeAsync(static fixture => fixture.Put(SyncFixture.Service(2)));
        var before = _logger.Lines.Count;

        Log.Succeeded(_fixture.Observer.Reports[^1] with { Desired = _fixture.Observer.Reports[^1].Previous!, Result = new ApplyResult([], 0) });

        Assert.DoesNotContain(_logger.Lines.Skip(before), static line => line.Level == LogLevel.Debug);
    }

    private ImmutableArray<string> Texts => [.. _logger.Lines.Select(static line => line.Text)];

    /// <summary>One Service is in force; then a change is, and what is said about it.</summary>
    private async Task ChangeAsync(Action<SyncFixture> change)
    {
        await _fixture.Listed(SyncFixture.Service(1)).TurnAsync();
        change(_fixture);
        await _fixture.PassAsync(TimeSpan.FromSeconds(5));
        Log.Succeeded(_fixture.Observer.Reports[^1]);
    }
}
