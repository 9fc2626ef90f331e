namespace Shunt.Netlink.Conntrack;

/// <summary>One direction of a tracked flow; valid as long as the buffer it lies in.</summary>
public readonly ref struct ConntrackTuple
{
    // linux/netfilter/nfnetlink_conntrack.h: enum ctattr_tuple, ctattr_ip, ctattr_l4proto
    internal const ushort CTA_TUPLE_IP = 1;
    internal const ushort CTA_TUPLE_PROTO = 2;
    internal const ushort CTA_TUPLE_ZONE = 3;
    internal const ushort CTA_IP_V4_SRC = 1;
    internal const ushort CTA_IP_V4_DST = 2;
    internal const ushort CTA_IP_V6_SRC = 3;
    internal const ushort CTA_IP_V6_DST = 4;
    internal const ushort CTA_PROTO_NUM = 1;
    internal const ushort CTA_PROTO_SRC_PORT = 2;
    internal const ushort CTA_PROTO_DST_PORT = 3;

    private ConntrackTuple(NetlinkAttributes attributes)
    {
        while (attributes.TryRead(out var attribute))
        {
            switch (attribute.Type)
            {
                case CTA_TUPLE_IP:
                    ReadAddresses(attribute.Nested, out var source, out var destination);
                    Source = source;
                    Destination = destination;
                    break;
                case CTA_TUPLE_PROTO:
                    ReadProtocol(attribute.Nested, out var protocol, out var sourcePort, out var destinationPort);
                    Protocol = protocol;
                    SourcePort = sourcePort;
                    DestinationPort = destinationPort;
                    break;
                case CTA_TUPLE_ZONE:
                    Zone = attribute.AsUInt16BigEndian();
                    break;
            }
        }
    }

    /// <summary>Where packets of this direction come from: 4 or 16 bytes in network order; empty when the kernel did not say.</summary>
    public ReadOnlySpan<byte> Source { get; }

    /// <summary>Where they go; as <see cref="Source"/>.</summary>
    public ReadOnlySpan<byte> Destination { get; }

    /// <summary>The transport protocol's IANA number.</summary>
    public byte Protocol { get; }

    /// <summary>The source port; zero where the protocol has none.</summary>
    public ushort SourcePort { get; }

    /// <summary>The destination port; zero where the protocol has none.</summary>
    public ushort DestinationPort { get; }

    /// <summary>The zone of this direction alone; zero for none.</summary>
    public ushort Zone { get; }

    internal static ConntrackTuple Read(NetlinkAttribute attribute) => new(attribute.Nested);

    private static void ReadAddresses(NetlinkAttributes attributes, out ReadOnlySpan<byte> source, out ReadOnlySpan<byte> destination)
    {
        source = destination = default;
        while (attributes.TryRead(out var attribute))
        {
            switch (attribute.Type)
            {
                case CTA_IP_V4_SRC or CTA_IP_V6_SRC:
                    source = attribute.Value;
                    break;
                case CTA_IP_V4_DST or CTA_IP_V6_DST:
                    destination = attribute.Value;
                    break;
            }
        }
    }

    private static void ReadProtocol(NetlinkAttributes attributes, out byte protocol, out ushort sourcePort, out ushort destinationPort)
    {
        protocol = 0;
        sourcePort = destinationPort = 0;
        while (attributes.TryRead(out var attribute))
        {
            switch (attribute.Type)
            {
                case CTA_PROTO_NUM:
                    protocol = attribute.AsByte();
                    break;
                case CTA_PROTO_SRC_PORT:
                    sourcePort = attribute.AsUInt16BigEndian();
                    break;
                case CTA_PROTO_DST_PORT:
                    destinationPort = attribute.AsUInt16BigEndian();
                    break;
            }
        }
    }
}
