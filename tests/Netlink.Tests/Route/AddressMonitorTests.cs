using System.Net;
using Shunt.Netlink.Route;
using Shunt.Testing;
using Shunt.Testing.Network;

namespace Shunt.Netlink.Tests.Route;

public sealed class AddressMonitorTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact, Trait("needs", "root")]
    public async Task All_addresses_of_all_interfaces_are_read_whether_up_or_down()
    {
        Root.SkipUnlessAvailable();
        await using var scratch = await ScratchNamespace.CreateAsync("addr", Ct);
        await scratch.IpAsync(
            """
            link add left type veth peer name right
            addr add 192.0.2.1/24 dev left
            addr add 192.0.2.2/24 dev left
            addr add 2001:db8::1/64 dev right nodad
            addr add 198.51.100.1 peer 198.51.100.99/32 dev right
            addr add 2001:db8:1::1 peer 2001:db8:1::99/128 dev left nodad

            """, Ct);
        using var monitor = scratch.Net.Run(AddressMonitor.Open);

        Assert.Equal(
            ["127.0.0.1", "192.0.2.1", "192.0.2.2", "198.51.100.1", "2001:db8:1::1", "2001:db8::1", "::1"],
            Read(monitor).Where(static address => !address.StartsWith("fe80", StringComparison.Ordinal)));
    }

    [Fact(Timeout = 60_000), Trait("needs", "root")]
    public async Task An_address_that_comes_or_goes_ends_the_wait()
    {
        Root.SkipUnlessAvailable();
        await using var scratch = await ScratchNamespace.CreateAsync("addr", Ct);
        using var monitor = scratch.Net.Run(AddressMonitor.Open);
        Read(monitor);

        var added = monitor.WaitAsync(Ct);
        Assert.False(added.IsCompleted);
        await scratch.IpAsync("addr add 192.0.2.7/32 dev lo\n", Ct);
        await added;
        Assert.Contains("192.0.2.7", Read(monitor));

        var removed = monitor.WaitAsync(Ct);
        await scratch.IpAsync("addr del 192.0.2.7/32 dev lo\n", Ct);
        await removed;
        Assert.DoesNotContain("192.0.2.7", Read(monitor));

        var six = monitor.WaitAsync(Ct);
        await scratch.IpAsync("addr add 2001:db8::7/128 dev lo nodad\n", Ct);
        await six;
        Assert.Contains("2001:db8::7", Read(monitor));
    }

    [Fact(Timeout = 60_000), Trait("needs", "root")]
    public async Task Reading_answers_what_happened_before_it()
    {
        Root.SkipUnlessAvailable();
        await using var scratch = await ScratchNamespace.CreateAsync("addr", Ct);
        using var monitor = scratch.Net.Run(AddressMonitor.Open);
        await scratch.IpAsync("addr add 192.0.2.7/32 dev lo\naddr add 192.0.2.8/32 dev lo\n", Ct);
        Assert.Contains("192.0.2.8", Read(monitor));

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var waiting = monitor.WaitAsync(stop.Token);
        Assert.False(waiting.IsCompleted);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    [Fact(Timeout = 120_000), Trait("needs", "root")]
    public async Task More_events_than_the_kernel_keeps_are_one_event()
    {
        Root.SkipUnlessAvailable();
        await using var scratch = await ScratchNamespace.CreateAsync("addr", Ct);
        using var monitor = scratch.Net.Run(AddressMonitor.Open);
        Read(monitor);

        // Some 200 KB of events are kept; these are more than a megabyte.
        for (var round = 0; round < 8; round++)
        {
            var add = Enumerable.Range(0, 500).Select(static i => $"addr add 10.9.{i / 250}.{i % 250 + 1}/32 dev lo\n");
            var remove = Enumerable.Range(0, 500).Select(static i => $"addr del 10.9.{i / 250}.{i % 250 + 1}/32 dev lo\n");
            await scratch.IpAsync(string.Concat(add.Concat(remove)), Ct);
        }

        await scratch.IpAsync("addr add 192.0.2.9/32 dev lo\n", Ct);

        await monitor.WaitAsync(Ct);
        Assert.Equal(["127.0.0.1", "192.0.2.9", "::1"], Read(monitor));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var waiting = monitor.WaitAsync(stop.Token);
        Assert.False(waiting.IsCompleted);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    [Fact, Trait("needs", "root")]
    public async Task Thousands_of_addresses_come_in_several_datagrams()
    {
        Root.SkipUnlessAvailable();
        await using var scratch = await ScratchNamespace.CreateAsync("addr", Ct);
        await scratch.IpAsync(string.Concat(Enumerable.Range(0, 3000).Select(static i => $"addr add 10.8.{i / 250}.{i % 250 + 1}/32 dev lo\n")), Ct);
        using var monitor = scratch.Net.Run(AddressMonitor.Open);

        Assert.Equal(3002, Read(monitor).Count);
    }

    [Fact]
    public void It_takes_no_privilege()
    {
        using var monitor = AddressMonitor.Open(); // also in the tests of a plain user
        Assert.Contains("127.0.0.1", Read(monitor));
    }

    [Fact]
    public void A_group_that_is_not_there_is_an_error_with_its_errno()
    {
        var e = Assert.Throws<NetlinkException>(static () => NetlinkEvents.Open(NetlinkFamily.NETLINK_ROUTE, 100_000));
        Assert.Equal(NetlinkErrno.EINVAL, e.Errno);
    }

    private static List<string> Read(AddressMonitor monitor)
    {
        var found = monitor.Read(static () => new List<string>(), static (list, address) => list.Add(new IPAddress(address.Bytes).ToString()));
        found.Sort(StringComparer.Ordinal);
        return found;
    }
}
