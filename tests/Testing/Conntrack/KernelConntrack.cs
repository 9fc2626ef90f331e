using Shunt.Netlink;
using Shunt.Netlink.Conntrack;
using Shunt.Netlink.Netfilter;

namespace Shunt.Testing.Conntrack;

/// <summary>Puts flows into the connection-tracking table of a namespace, and says which are there.</summary>
public static class KernelConntrack
{
    private const int AtOnce = 64;

    /// <summary>Makes the kernel track flows, as if their packets had been seen.</summary>
    public static void Create(NetNamespace net, params IEnumerable<TrackedFlowSpec> flows) => net.Run(() =>
    {
        using var socket = NetlinkSocket.Open(NetlinkFamily.NETLINK_NETFILTER, TimeSpan.FromSeconds(5));
        var buffer = new byte[AtOnce * 512];
        foreach (var some in flows.Chunk(AtOnce))
        {
            var writer = new NetlinkWriter(buffer);
            uint first = 0, last = 0;
            foreach (var flow in some)
            {
                last = socket.NextSequence();
                if (first == 0) first = last;
                flow.WriteCreate(ref writer, last);
            }

            socket.RequestAll(writer.Written, first, last, "track flows", 0, static (_, errno) =>
            {
                if (errno != NetlinkErrno.None) throw new NetlinkException("track a flow", errno);
            });
        }
    });

    /// <summary>The flows of one family that the kernel tracks, sorted by their text.</summary>
    /// <param name="net">The namespace.</param>
    /// <param name="family">The family.</param>
    /// <param name="protocol">The IANA number of the only protocol asked for; null for all.</param>
    public static IReadOnlyList<TrackedFlowSpec> List(NetNamespace net, NetfilterFamily family, byte? protocol = null)
    {
        var found = new List<TrackedFlowSpec>();
        net.Run(() =>
        {
            using var table = ConntrackTable.Open();
            table.Dump(family, protocol, found, static (to, entry) => to.Add(TrackedFlowSpec.Of(entry)));
        });
        return [.. found.OrderBy(static flow => flow.ToString(), StringComparer.Ordinal)];
    }
}
