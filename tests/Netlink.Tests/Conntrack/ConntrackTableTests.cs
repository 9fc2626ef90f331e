using Shunt.Model;
using Shunt.Netlink.Conntrack;
using Shunt.Netlink.Netfilter;
using Shunt.Testing;
using Shunt.Testing.Conntrack;
using Shunt.Testing.Network;
using static Shunt.Testing.Conntrack.TrackedFlowSpec;

namespace Shunt.Netlink.Tests.Conntrack;

public sealed class ConntrackTableTests
{
    private const NetfilterFamily V4 = NetfilterFamily.NFPROTO_IPV4, V6 = NetfilterFamily.NFPROTO_IPV6;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public void A_dump_of_one_protocol_asks_the_kernel_to_look_at_the_protocol_only()
    {
        var writer = new NetlinkWriter(new byte[128]);
        ConntrackTable.WriteDump(ref writer, V4, (byte)Protocol.Udp, sequence: 7);
        Assert.Equal(
            "38000000" + "0101" + "0103" + "07000000" + "00000000" + "02000000" // IPCTNL_MSG_CT_GET, a dump; AF_INET
            + "10000180" + "0C000280" + "05000100" + "11000000" // CTA_TUPLE_ORIG { CTA_TUPLE_PROTO { CTA_PROTO_NUM 17 } }
            + "14001980" + "08000100" + "08000000" + "08000200" + "00000000", // CTA_FILTER { ORIG_FLAGS proto num, REPLY_FLAGS 0 }
            Convert.ToHexString(writer.Written));
    }

    [Fact]
    public void A_deletion_names_the_reply_tuple_the_zone_and_the_id()
    {
        var key = KeyOf(Of(Protocol.Udp, "10.244.1.5:4000", "10.96.0.1:53", "10.244.1.11:5353") with { Zone = 3, Id = 0xAABBCCDD });
        var writer = new NetlinkWriter(new byte[128]);
        ConntrackTable.WriteDelete(ref writer, key, sequence: 9);
        Assert.Equal(
            "58000000" + "0201" + "0500" + "09000000" + "00000000" + "02000000" // IPCTNL_MSG_CT_DELETE, ACK; AF_INET
            + "34000280" + "14000180" + "08000100" + "0AF4010B" + "08000200" + "0AF40105"
            + "1C000280" + "05000100" + "11000000" + "06000200" + "14E90000" + "06000300" + "0FA00000"
            + "06001200" + "00030000" // CTA_ZONE
            + "08000C00" + "AABBCCDD", // CTA_ID
            Convert.ToHexString(writer.Written));
    }

    [Fact]
    public void The_longest_deletion_fits()
    {
        var key = KeyOf(Of(Protocol.Udp, "[fd00::1]:4000", "[fd00::2]:53") with { Zone = 3, Id = 1 });
        var writer = new NetlinkWriter(new byte[ConntrackTable.MaxRequestLength]);
        ConntrackTable.WriteDelete(ref writer, key, sequence: 9);
        Assert.InRange(writer.Written.Length + 8, 100, ConntrackTable.MaxRequestLength); // 8 for a zone of one direction
    }

    [Theory, Trait("needs", "root")]
    [InlineData("203.0.113.9:4000", "10.96.0.1:53", "10.244.1.11:5353", "198.51.100.2:61000")]
    [InlineData("[2001:db8::9]:4000", "[fd00:96::1]:53", "[fd00:10:244::b]:5353", "[fd00:c0de::2]:61000")]
    public async Task What_the_kernel_tracks_is_read_and_deleted(string client, string service, string endpoint, string node)
    {
        Root.SkipUnlessAvailable();
        await using var scratch = await ScratchNamespace.CreateAsync("ct", Ct);
        var masqueraded = Of(Protocol.Udp, client, service, endpoint, node);
        var sctp = Of(Protocol.Sctp, client, service, endpoint);
        var zoned = Of(Protocol.Udp, client, service, endpoint) with { Zone = 42 };
        KernelConntrack.Create(scratch.Net, masqueraded, sctp, zoned);

        Assert.Equal([sctp, masqueraded, zoned], KernelConntrack.List(scratch.Net, masqueraded.Family));
        Assert.Equal([masqueraded, zoned], KernelConntrack.List(scratch.Net, masqueraded.Family, (byte)Protocol.Udp));
        Assert.Equal([sctp], KernelConntrack.List(scratch.Net, masqueraded.Family, (byte)Protocol.Sctp));
        Assert.Empty(KernelConntrack.List(scratch.Net, masqueraded.Family == V4 ? V6 : V4));

        // The same tuple in two zones is two entries.
        Assert.Equal(1, Delete(scratch, masqueraded.Family, static flow => flow.Zone == 42));
        Assert.Equal([sctp, masqueraded], KernelConntrack.List(scratch.Net, masqueraded.Family));
        Assert.Equal(2, Delete(scratch, masqueraded.Family, static _ => true));
        Assert.Empty(KernelConntrack.List(scratch.Net, masqueraded.Family));
    }

    [Fact, Trait("needs", "root")]
    public async Task An_entry_that_is_gone_is_no_error_and_one_that_took_its_place_stays()
    {
        Root.SkipUnlessAvailable();
        await using var scratch = await ScratchNamespace.CreateAsync("ct", Ct);
        var gone = Of(Protocol.Udp, "10.244.1.5:4000", "10.96.0.1:53", "10.244.1.11:53");
        var other = Of(Protocol.Udp, "10.244.1.5:4001", "10.96.0.1:53", "10.244.1.11:53");
        var again = Of(Protocol.Udp, "10.244.1.5:4000", "10.96.0.1:53", "10.244.1.12:53");
        KernelConntrack.Create(scratch.Net, gone, other);
        var keys = Keys(scratch, V4, static _ => true);
        Assert.Equal(1, Delete(scratch, V4, flow => flow == gone));

        // Often where the old one lay, and then with the same id.
        KernelConntrack.Create(scratch.Net, again);
        var deleted = scratch.Net.Run(() =>
        {
            using var table = ConntrackTable.Open();
            return table.Delete(keys.ToArray());
        });

        Assert.Equal(new ConntrackDeletion(1, NetlinkErrno.None), deleted);
        Assert.Equal([again], KernelConntrack.List(scratch.Net, V4));
    }

    [Fact, Trait("needs", "root")]
    public async Task Thousands_are_deleted_in_few_datagrams()
    {
        Root.SkipUnlessAvailable();
        await using var scratch = await ScratchNamespace.CreateAsync("ct", Ct);
        KernelConntrack.Create(scratch.Net, Enumerable.Range(1, 3000).Select(static i => Of(Protocol.Udp, $"10.244.1.5:{i}", "10.96.0.1:53", "10.244.1.11:53")));
        var keys = Keys(scratch, V4, static _ => true);

        var (deleted, missing, sent) = scratch.Net.Run(() =>
        {
            using var table = ConntrackTable.Open();
            var deleted = table.Delete(keys.ToArray());
            return (deleted.Deleted, table.Delete(keys.ToArray()).Deleted, table.Sent);
        });

        Assert.Equal((3000, 0, 2 * 24), (deleted, missing, sent));
        Assert.Empty(KernelConntrack.List(scratch.Net, V4));
    }

    private static ConntrackKey KeyOf(TrackedFlowSpec flow)
    {
        var writer = new NetlinkWriter(new byte[512]);
        flow.WriteDumped(ref writer);
        Assert.True(new NetlinkReader(writer.Written).TryRead(out var message));
        var entry = ConntrackEntry.Read(message);
        Assert.Equal(flow with { Id = 0 }, Of(entry));
        return entry.Key;
    }

    private static List<ConntrackKey> Keys(ScratchNamespace scratch, NetfilterFamily family, Predicate<TrackedFlowSpec> which) => scratch.Net.Run(() =>
    {
        using var table = ConntrackTable.Open();
        var found = new List<(TrackedFlowSpec Flow, ConntrackKey Key)>();
        table.Dump(family, null, found, static (to, entry) => to.Add((Of(entry), entry.Key)));
        return found.Where(pair => which(pair.Flow)).Select(static pair => pair.Key).ToList();
    });

    private static int Delete(ScratchNamespace scratch, NetfilterFamily family, Predicate<TrackedFlowSpec> which) => scratch.Net.Run(() =>
    {
        using var table = ConntrackTable.Open();
        return table.Delete(Keys(scratch, family, which).ToArray()).Deleted;
    });
}
