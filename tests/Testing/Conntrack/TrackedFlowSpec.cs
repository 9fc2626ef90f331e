using System.Globalization;
using System.Net;
using Shunt.Model;
using Shunt.Netlink;
using Shunt.Netlink.Conntrack;
using Shunt.Netlink.Netfilter;

namespace Shunt.Testing.Conntrack;

/// <summary>A flow as connection tracking has it, in words: <c>Udp 10.0.0.1:4000 to 10.96.0.1:53 by 10.244.1.1:53</c>.</summary>
/// <param name="Protocol">The protocol.</param>
/// <param name="From">The client.</param>
/// <param name="To">Where the client sends to.</param>
/// <param name="By">Who answers; the same as <paramref name="To"/> when nothing was translated.</param>
/// <param name="AnswersTo">Where answers go: the client, or the node if it was masqueraded.</param>
public sealed record TrackedFlowSpec(Protocol Protocol, IPEndPoint From, IPEndPoint To, IPEndPoint By, IPEndPoint AnswersTo)
{
    private const ushort CTA_TIMEOUT = 7;
    private const ushort IPCTNL_MSG_CT_NEW = 1 << 8;

    /// <summary>The zone; zero for none.</summary>
    public ushort Zone { get; init; }

    /// <summary>The id it has in a table in memory; the kernel chooses its own.</summary>
    public uint Id { get; init; }

    /// <summary>IPv4 or IPv6.</summary>
    public NetfilterFamily Family => From.Address.GetAddressBytes().Length == 4 ? NetfilterFamily.NFPROTO_IPV4 : NetfilterFamily.NFPROTO_IPV6;

    /// <summary>A flow from its addresses with ports.</summary>
    /// <param name="protocol">The protocol.</param>
    /// <param name="from">The client.</param>
    /// <param name="to">Where it sends to.</param>
    /// <param name="by">Who answers; null when nothing was translated.</param>
    /// <param name="answersTo">Where answers go; null for the client.</param>
    public static TrackedFlowSpec Of(Protocol protocol, string from, string to, string? by = null, string? answersTo = null) => new(
        protocol, IPEndPoint.Parse(from), IPEndPoint.Parse(to), IPEndPoint.Parse(by ?? to), IPEndPoint.Parse(answersTo ?? from));

    /// <summary>A flow from an entry of a dump, without its id.</summary>
    internal static TrackedFlowSpec Of(ConntrackEntry entry) => new(
        (Protocol)entry.Original.Protocol,
        new IPEndPoint(new IPAddress(entry.Original.Source), entry.Original.SourcePort),
        new IPEndPoint(new IPAddress(entry.Original.Destination), entry.Original.DestinationPort),
        new IPEndPoint(new IPAddress(entry.Reply.Source), entry.Reply.SourcePort),
        new IPEndPoint(new IPAddress(entry.Reply.Destination), entry.Reply.DestinationPort))
    { Zone = entry.Zone };

    /// <inheritdoc/>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Protocol} {From} to {To} by {By}{(AnswersTo.Equals(From) ? "" : $" as {AnswersTo}")}{(Zone == 0 ? "" : $" zone {Zone}")}");

    /// <summary>The request that makes the kernel track it, with an hour to live.</summary>
    internal void WriteCreate(ref NetlinkWriter writer, uint sequence)
    {
        const NetlinkFlags flags =
            NetlinkFlags.NLM_F_REQUEST | NetlinkFlags.NLM_F_CREATE | NetlinkFlags.NLM_F_EXCL | NetlinkFlags.NLM_F_ACK;
        var message = writer.BeginMessage(IPCTNL_MSG_CT_NEW, flags, sequence);
        writer.AddNetfilterHeader((byte)Family, resourceId: 0);
        WriteTuples(ref writer);
        writer.AddUInt32BigEndian(CTA_TIMEOUT, 3600);
        writer.EndMessage(message);
    }

    /// <summary>The message of a dump that tells of it.</summary>
    internal void WriteDumped(ref NetlinkWriter writer)
    {
        var message = writer.BeginMessage(IPCTNL_MSG_CT_NEW, NetlinkFlags.NLM_F_MULTI, 1);
        writer.AddNetfilterHeader((byte)Family, resourceId: 0);
        WriteTuples(ref writer);
        writer.AddUInt32BigEndian(ConntrackEntry.CTA_ID, Id);
        writer.EndMessage(message);
    }

    private void WriteTuples(ref NetlinkWriter writer)
    {
        WriteTuple(ref writer, ConntrackEntry.CTA_TUPLE_ORIG, From, To);
        WriteTuple(ref writer, ConntrackEntry.CTA_TUPLE_REPLY, By, AnswersTo);
        if (Zone != 0) writer.AddUInt16BigEndian(ConntrackEntry.CTA_ZONE, Zone);
    }

    private void WriteTuple(ref NetlinkWriter writer, ushort type, IPEndPoint source, IPEndPoint destination)
    {
        var v4 = Family == NetfilterFamily.NFPROTO_IPV4;
        var tuple = writer.BeginNested(type);
        var ip = writer.BeginNested(ConntrackTuple.CTA_TUPLE_IP);
        writer.AddBytes(v4 ? ConntrackTuple.CTA_IP_V4_SRC : ConntrackTuple.CTA_IP_V6_SRC, source.Address.GetAddressBytes());
        writer.AddBytes(v4 ? ConntrackTuple.CTA_IP_V4_DST : ConntrackTuple.CTA_IP_V6_DST, destination.Address.GetAddressBytes());
        writer.EndNested(ip);
        var protocol = writer.BeginNested(ConntrackTuple.CTA_TUPLE_PROTO);
        writer.AddByte(ConntrackTuple.CTA_PROTO_NUM, (byte)Protocol);
        writer.AddUInt16BigEndian(ConntrackTuple.CTA_PROTO_SRC_PORT, (ushort)source.Port);
        writer.AddUInt16BigEndian(ConntrackTuple.CTA_PROTO_DST_PORT, (ushort)destination.Port);
        writer.EndNested(protocol);
        writer.EndNested(tuple);
    }
}
