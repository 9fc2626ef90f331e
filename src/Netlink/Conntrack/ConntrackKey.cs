using System.Buffers.Binary;
using Shunt.Netlink.Netfilter;

namespace Shunt.Netlink.Conntrack;

/// <summary>
/// What names one entry of the connection-tracking table: its reply tuple, its zones, and its id. The kernel makes the id of the original
/// tuple and of where the entry lies in memory, and a new flow of the same original tuple often lies where the old one lay. But when it goes to
/// another endpoint, its reply tuple is another.
/// </summary>
public readonly record struct ConntrackKey
{
    private readonly UInt128 _source; // an IPv4 address fills the low 32 bits
    private readonly UInt128 _destination;
    private readonly uint _id;
    private readonly ushort _sourcePort;
    private readonly ushort _destinationPort;
    private readonly ushort _zone;
    private readonly ushort _replyZone;
    private readonly NetfilterFamily _family;
    private readonly byte _protocol;

    internal ConntrackKey(NetfilterFamily family, ConntrackTuple reply, ushort zone, uint id)
    {
        _family = family;
        _source = ReadAddress(reply.Source);
        _destination = ReadAddress(reply.Destination);
        _protocol = reply.Protocol;
        _sourcePort = reply.SourcePort;
        _destinationPort = reply.DestinationPort;
        _replyZone = reply.Zone;
        _zone = zone;
        _id = id;
    }

    internal NetfilterFamily Family => _family;

    /// <summary>The attributes that name the entry in a request, for at most <see cref="ConntrackTable.MaxRequestLength"/> bytes with its headers.</summary>
    internal void Write(ref NetlinkWriter writer)
    {
        WriteTuple(ref writer);
        if (_zone != 0) writer.AddUInt16BigEndian(ConntrackEntry.CTA_ZONE, _zone);
        writer.AddUInt32BigEndian(ConntrackEntry.CTA_ID, _id);
    }

    private void WriteTuple(ref NetlinkWriter writer)
    {
        var v4 = _family == NetfilterFamily.NFPROTO_IPV4;
        var tuple = writer.BeginNested(ConntrackEntry.CTA_TUPLE_REPLY);
        var ip = writer.BeginNested(ConntrackTuple.CTA_TUPLE_IP);
        WriteAddress(ref writer, v4 ? ConntrackTuple.CTA_IP_V4_SRC : ConntrackTuple.CTA_IP_V6_SRC, _source, v4);
        WriteAddress(ref writer, v4 ? ConntrackTuple.CTA_IP_V4_DST : ConntrackTuple.CTA_IP_V6_DST, _destination, v4);
        writer.EndNested(ip);
        var protocol = writer.BeginNested(ConntrackTuple.CTA_TUPLE_PROTO);
        writer.AddByte(ConntrackTuple.CTA_PROTO_NUM, _protocol);
        writer.AddUInt16BigEndian(ConntrackTuple.CTA_PROTO_SRC_PORT, _sourcePort);
        writer.AddUInt16BigEndian(ConntrackTuple.CTA_PROTO_DST_PORT, _destinationPort);
        writer.EndNested(protocol);
        if (_replyZone != 0) writer.AddUInt16BigEndian(ConntrackTuple.CTA_TUPLE_ZONE, _replyZone);
        writer.EndNested(tuple);
    }

    private static void WriteAddress(ref NetlinkWriter writer, ushort type, UInt128 address, bool v4)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, address);
        writer.AddBytes(type, v4 ? bytes[12..] : bytes);
    }

    private static UInt128 ReadAddress(ReadOnlySpan<byte> bytes) => bytes.Length switch
    {
        4 => BinaryPrimitives.ReadUInt32BigEndian(bytes),
        16 => BinaryPrimitives.ReadUInt128BigEndian(bytes),
        _ => UInt128.Zero,
    };
}
