using System.Buffers.Binary;
using System.Globalization;
using Shunt.Netlink.Netfilter;
using static Shunt.Netlink.Tests.Netfilter.NftNamespace;

namespace Shunt.Netlink.Tests.Netfilter;

[Trait("needs", "root")]
public sealed class NftMonitorTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_change_of_somebody_else_is_told_with_who_and_what()
    {
        await using var net = await CreateAsync(Ct, "nft");
        using var monitor = net.Open(NftMonitor.Open);
        await net.NftAsync(
            """
            table ip t { set s { type ipv4_addr; }; chain c { accept; }; }
            add element ip t s { 10.0.0.1, 10.0.0.2 }
            table ip6 u { }
            """,
            Ct);
        var change = await NextAsync(monitor);
        Assert.Equal("nft", change.ProcessName);
        Assert.False(change.EventsLost);
        Assert.NotEqual(0, change.ProcessId);
        Assert.NotEqual(0u, change.PortId);
        Assert.NotEqual(net.Tables.PortId, change.PortId);
        Assert.Equal(
            [
                new NftTouched(V4, "t", NftObject.Table, "", false),
                new(V4, "t", NftObject.Chain, "c", false),
                new(V4, "t", NftObject.Rule, "c", false),
                new(V4, "t", NftObject.Set, "s", false),
                new(V4, "t", NftObject.Element, "s", false),
                new(V6, "u", NftObject.Table, "", false),
            ],
            InOrder(change));

        await net.NftAsync("delete element ip t s { 10.0.0.1 }\nflush chain ip t c", Ct);
        Assert.Equal(
            [new NftTouched(V4, "t", NftObject.Rule, "c", true), new(V4, "t", NftObject.Element, "s", true)],
            InOrder(await NextAsync(monitor)));

        await net.NftAsync("delete table ip t", Ct);
        Assert.Contains(new NftTouched(V4, "t", NftObject.Table, "", true), (await NextAsync(monitor)).Touched);
    }

    [Fact]
    public async Task Our_own_change_is_known_by_its_socket()
    {
        await using var net = await CreateAsync(Ct);
        using var monitor = net.Open(NftMonitor.Open);
        using var other = net.Open(NftTables.Open);
        Assert.Empty(net.Tables.Apply(Base()));
        Assert.Empty(other.Apply(Base(V6)));
        Assert.Empty(net.Tables.Check(Base(V6)));
        net.Apply(static batch => batch.AddElement("s", new NftElement { Key = [0, 0, 0, 1] }));

        Assert.Equal(net.Tables.PortId, (await NextAsync(monitor)).PortId);
        Assert.Equal(other.PortId, (await NextAsync(monitor)).PortId);
        var last = await NextAsync(monitor); // what was only asked about is no change
        Assert.Equal(net.Tables.PortId, last.PortId);
        Assert.Equal([new NftTouched(V4, "t", NftObject.Element, "s", false)], last.Touched);
    }

    [Fact]
    public async Task A_change_of_many_elements_names_their_set_once()
    {
        await using var net = await CreateAsync(Ct);
        Assert.Empty(net.Tables.Apply(Base()));
        using var monitor = net.Open(NftMonitor.Open);
        net.Apply(static batch => AddMany(batch, 5000));
        Assert.Equal([new NftTouched(V4, "t", NftObject.Element, "s", false)], (await NextAsync(monitor)).Touched);
    }

    [Fact]
    public async Task That_events_were_lost_is_told_and_what_comes_after_is_heard()
    {
        await using var net = await CreateAsync(Ct);
        Assert.Empty(net.Tables.Apply(Base()));
        using var monitor = net.Open(static () => NftMonitor.Open(64 * 1024));
        var add = new NftBatch(V4, "t");
        AddMany(add, 20_000);
        var remove = new NftBatch(V4, "t");
        ForKeys(static (batch, key) => batch.DeleteElement("s", new NftElement { Key = key }), remove, 20_000);
        for (var i = 0; i < 5; i++)
        {
            Assert.Empty(net.Tables.Apply(add));
            Assert.Empty(net.Tables.Apply(remove));
        }

        while (!(await NextAsync(monitor)).EventsLost)
        {
        }

        // Whoever is told reads everything now; what comes thereafter must be told anew.
        net.Apply(static batch => batch.AddChain("late", null));
        while (!(await NextAsync(monitor)).Touched.Contains(new NftTouched(V4, "t", NftObject.Chain, "late", false)))
        {
        }
    }

    [Fact]
    public async Task A_change_too_large_to_name_is_told_as_one_that_was_lost()
    {
        await using var net = await CreateAsync(Ct);
        using var monitor = net.Open(NftMonitor.Open);
        var batch = new NftBatch(V4, "other");
        batch.AddTable([]);
        for (var i = 0; i < 2000; i++) batch.AddChain(i.ToString(CultureInfo.InvariantCulture), null);
        Assert.Empty(net.Tables.Apply(batch));
        var change = await NextAsync(monitor);
        Assert.True(change.EventsLost);
        Assert.Equal(net.Tables.PortId, change.PortId);

        net.Apply(static batch => batch.AddTable([]));
        change = await NextAsync(monitor);
        Assert.False(change.EventsLost);
        Assert.Equal([new NftTouched(V4, "t", NftObject.Table, "", false)], change.Touched);
    }

    [Fact]
    public async Task Waiting_can_be_ended()
    {
        await using var net = await CreateAsync(Ct);
        using var monitor = net.Open(NftMonitor.Open);
        using var end = new CancellationTokenSource();
        var waiting = monitor.ReceiveAsync(end.Token).AsTask();
        await end.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    private static void AddMany(NftBatch batch, int count) =>
        ForKeys(static (batch, key) => batch.AddElement("s", new NftElement { Key = key }), batch, count);

    private static void ForKeys(Action<NftBatch, byte[]> write, NftBatch batch, int count)
    {
        var key = new byte[4];
        for (var i = 0; i < count; i++)
        {
            BinaryPrimitives.WriteInt32BigEndian(key, i);
            write(batch, key);
        }
    }

    /// <summary>Rules have handles, and nothing else has; which they are depends on what was there before.</summary>
    private static IEnumerable<NftTouched> InOrder(NftChange change)
    {
        Assert.All(change.Touched, static touched => Assert.Equal(touched.Kind == NftObject.Rule, touched.Handle != 0));
        return change.Touched.Select(static touched => touched with { Handle = 0 }).OrderBy(static touched => touched.Family).ThenBy(static touched => touched.Kind);
    }

    /// <summary>The next change; that there is none within a minute is an error.</summary>
    private static Task<NftChange> NextAsync(NftMonitor monitor) => monitor.ReceiveAsync(Ct).AsTask().WaitAsync(TimeSpan.FromMinutes(1), Ct);
}
