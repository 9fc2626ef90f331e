using Shunt.Netlink;
using Shunt.Netlink.Netfilter;
using Shunt.Proxy.Metrics;

namespace Shunt.Proxy.Node;

/// <summary>Reads the kernel's counters that our iptables rules count into.</summary>
internal static class PacketCounters
{
    /// <summary>The counter of packets dropped because connection tracking called them invalid.</summary>
    public const string InvalidDropped = "ct_state_invalid_dropped_pkts";

    /// <summary>The counter of packets to node ports on localhost.</summary>
    public const string LocalhostNodePortsAccepted = "localhost_nps_accepted_pkts";

    /// <summary>The counters now, in the network namespace of the calling thread; none where the kernel has none or shows none.</summary>
    public static PacketCounts Read()
    {
        try
        {
            ulong? dropped = null, accepted = null;
            foreach (var counter in NfAcct.List())
            {
                if (counter.Name == InvalidDropped) dropped = counter.Packets;
                else if (counter.Name == LocalhostNodePortsAccepted) accepted = counter.Packets;
            }

            return new PacketCounts(dropped, accepted);
        }
        catch (NetlinkException)
        {
            return default; // no such subsystem, or not allowed: kube-proxy does not show these metrics either
        }
    }
}
