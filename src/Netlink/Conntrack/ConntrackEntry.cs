using Shunt.Netlink.Netfilter;

namespace Shunt.Netlink.Conntrack;

/// <summary>One tracked flow as the kernel told it; valid as long as the buffer it lies in. Reading one allocates nothing.</summary>
public readonly ref struct ConntrackEntry
{
    // linux/netfilter/nfnetlink_conntrack.h: enum ctattr_type
    internal const ushort CTA_TUPLE_ORIG = 1;
    internal const ushort CTA_TUPLE_REPLY = 2;
    internal const ushort CTA_ID = 12;
    internal const ushort CTA_ZONE = 18;

    /// <summary>The length of <c>struct nfgenmsg</c>.</summary>
    private const int NetfilterHeaderSize = 4;

    private ConntrackEntry(NetlinkMessage message)
    {
        Family = message.Payload.IsEmpty ? default : (NetfilterFamily)message.Payload[0];
        var attributes = message.Attributes(NetfilterHeaderSize);
        while (attributes.TryRead(out var attribute))
        {
            switch (attribute.Type)
            {
                case CTA_TUPLE_ORIG:
                    Original = ConntrackTuple.Read(attribute);
                    break;
                case CTA_TUPLE_REPLY:
                    Reply = ConntrackTuple.Read(attribute);
                    break;
                case CTA_ID:
                    Id = attribute.AsUInt32BigEndian();
                    break;
                case CTA_ZONE:
                    Zone = attribute.AsUInt16BigEndian();
                    break;
            }
        }
    }

    /// <summary>The address family.</summary>
    public NetfilterFamily Family { get; }

    /// <summary>The direction of the first packet, as it was before any translation of addresses.</summary>
    public ConntrackTuple Original { get; }

    /// <summary>The direction of the answers, as they are before they are translated back: so from where the first packet went in truth.</summary>
    public ConntrackTuple Reply { get; }

    /// <summary>The zone of both directions; zero for none.</summary>
    public ushort Zone { get; }

    /// <summary>The kernel's number of this entry; see <see cref="ConntrackKey"/> for what it is worth.</summary>
    public uint Id { get; }

    /// <summary>What it takes to delete it later.</summary>
    public ConntrackKey Key => new(Family, Reply, Zone, Id);

    internal static ConntrackEntry Read(NetlinkMessage message) => new(message);
}
