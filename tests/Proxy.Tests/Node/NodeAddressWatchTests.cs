using System.Collections.Immutable;
using System.Net.NetworkInformation;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Shunt.Model;
using Shunt.Netlink;
using Shunt.Netlink.Route;
using Shunt.Proxy.Node;
using Shunt.Testing;
using Shunt.Testing.Logging;
using Shunt.Testing.Network;

namespace Shunt.Proxy.Tests.Node;

public sealed class NodeAddressWatchTests
{
    private readonly RecordingLogger _logger = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact(Timeout = 60_000), Trait("needs", "root")]
    public async Task What_the_kernel_changes_is_current_soon_and_said()
    {
        Root.SkipUnlessAvailable();
        await using var scratch = await ScratchNamespace.CreateAsync("watch", Ct);
        using var watch = new NodeAddressWatch(() => scratch.Net.Run(AddressMonitor.Open), NeverAsked, TimeProvider.System, _logger);
        Assert.Equal([IpAddr.Parse("127.0.0.1"), IpAddr.Parse("::1")], watch.Current);

        var changes = new SemaphoreSlim(0);
        watch.Changed += () => changes.Release();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var running = watch.RunAsync(stop.Token);
        await scratch.IpAsync("addr add 192.0.2.1/32 dev lo\naddr add 2001:db8::1/128 dev lo nodad\naddr add 192.0.2.2/32 dev lo\n", Ct);
        await UntilAsync(() => watch.Current.Length == 5, changes);
        Assert.Equal(["127.0.0.1", "192.0.2.1", "192.0.2.2", "2001:db8::1", "::1"], watch.Current.Select(static a => a.ToString()).Order(StringComparer.Ordinal));
        await scratch.IpAsync("addr del 192.0.2.1/32 dev lo\n", Ct);
        await UntilAsync(() => watch.Current.Length == 4, changes);

        await stop.CancelAsync();
        await running;
        Assert.DoesNotContain(_logger.Lines, static line => line.Level >= LogLevel.Warning);
    }

    [Fact(Timeout = 60_000)]
    public async Task Where_the_kernel_cannot_be_asked_the_addresses_are_looked_at_and_one_warning_says_so()
    {
        var time = new FakeTimeProvider();
        ImmutableArray<IpAddr> machine = [IpAddr.Parse("127.0.0.1")];
        using var watch = new NodeAddressWatch(Refused, () => machine, time, _logger);
        Assert.Equal(machine, watch.Current);

        var changes = new SemaphoreSlim(0);
        watch.Changed += () => changes.Release();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var running = watch.RunAsync(stop.Token);
        machine = [IpAddr.Parse("127.0.0.1"), IpAddr.Parse("192.0.2.1")];
        while (!changes.Wait(0, Ct))
        {
            time.Advance(NodeAddressWatch.PollInterval);
            await Task.Yield();
        }

        Assert.Equal(machine, watch.Current);
        await stop.CancelAsync();
        await running;
        Assert.Equal(1, _logger.Count("Changes of this machine's addresses cannot be watched"));
    }

    [Fact(Timeout = 60_000), Trait("needs", "root")]
    public async Task When_the_kernel_can_be_asked_again_it_is()
    {
        Root.SkipUnlessAvailable();
        await using var scratch = await ScratchNamespace.CreateAsync("watch", Ct);
        var time = new FakeTimeProvider();
        var isRefused = true;
        using var watch = new NodeAddressWatch(
            () => isRefused ? Refused() : scratch.Net.Run(AddressMonitor.Open), static () => throw new NetworkInformationException(), time, _logger);
        Assert.Empty(watch.Current); // neither way works, and the agent lives

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var running = watch.RunAsync(stop.Token);
        isRefused = false;
        while (watch.Current.IsEmpty)
        {
            time.Advance(NodeAddressWatch.PollInterval);
            await Task.Yield();
        }

        await stop.CancelAsync();
        await running;
        Assert.Equal(2, watch.Current.Length);
        Assert.Equal(1, _logger.Count("Changes of this machine's addresses are watched again"));
    }

    [Fact]
    public void Both_ways_of_reading_agree()
    {
        using var monitor = AddressMonitor.Open();
        Assert.Equal(NodeAddresses.ReadWithoutNetlink(), NodeAddresses.Read(monitor));
    }

    private static AddressMonitor Refused() => throw new NetlinkException("listen to NETLINK_ROUTE", NetlinkErrno.EPERM);

    private static ImmutableArray<IpAddr> NeverAsked() => throw new InvalidOperationException("the kernel answers");

    private static async Task UntilAsync(Func<bool> condition, SemaphoreSlim changes)
    {
        while (!condition()) await changes.WaitAsync(Ct);
    }
}
