using Shunt.Netlink.Netfilter;

namespace Shunt.Netlink.Conntrack;

/// <summary>
/// The kernel's connection-tracking table, of the network namespace that the thread was in when it opened it.
/// Source: linux/netfilter/nfnetlink_conntrack.h.
/// </summary>
public sealed class ConntrackTable : IConntrackTable
{
    /// <summary>No request to delete is longer: headers 20, an IPv6 tuple 84, zone 8, id 8.</summary>
    internal const int MaxRequestLength = 128;

    /// <summary>
    /// Deletions in one datagram. Each is answered at once, and all answers must fit into the socket's receive buffer: some 270 do in the
    /// smallest that distributions have.
    /// </summary>
    internal const int MaxDeletionsAtOnce = 128;

    private const ushort NFNL_SUBSYS_CTNETLINK = 1;
    private const ushort IPCTNL_MSG_CT_GET = 1;
    private const ushort IPCTNL_MSG_CT_DELETE = 2;
    private const ushort CTA_FILTER = 25;
    private const ushort CTA_FILTER_ORIG_FLAGS = 1;
    private const ushort CTA_FILTER_REPLY_FLAGS = 2;
    private const uint CTA_FILTER_F_CTA_PROTO_NUM = 1 << 3; // internal to the kernel's nf_internals.h, and part of its interface since 5.8

    private static readonly TimeSpan ReceiveTimeout = TimeSpan.FromSeconds(5);

    private readonly NetlinkSocket _socket;

    private ConntrackTable(NetlinkSocket socket) => _socket = socket;

    /// <summary>How many datagrams were sent to the kernel so far.</summary>
    public long Sent => _socket.Sent;

    /// <summary>Opens the table of the calling thread's network namespace.</summary>
    /// <exception cref="NetlinkException">The kernel has no netfilter, or the process may not have the socket.</exception>
    public static ConntrackTable Open() => new(NetlinkSocket.Open(NetlinkFamily.NETLINK_NETFILTER, ReceiveTimeout));

    /// <inheritdoc/>
    public void Dump<TState>(NetfilterFamily family, byte? protocol, TState state, ConntrackHandler<TState> handle)
        where TState : class
    {
        ArgumentNullException.ThrowIfNull(handle);
        try
        {
            DumpCore(family, protocol, state, handle);
        }
        catch (NetlinkException e) when (protocol is not null && e.Errno is NetlinkErrno.EINVAL or NetlinkErrno.EOPNOTSUPP)
        {
            DumpCore(family, null, state, handle); // a kernel that knows filters but not this one, or no kernel module, which it says again
        }
    }

    /// <inheritdoc/>
    public ConntrackDeletion Delete(ReadOnlySpan<ConntrackKey> keys)
    {
        var answers = new Answers();
        Span<byte> buffer = new byte[MaxDeletionsAtOnce * MaxRequestLength];
        while (!keys.IsEmpty)
        {
            var batch = keys[..Math.Min(keys.Length, MaxDeletionsAtOnce)];
            Delete(batch, buffer, answers);
            keys = keys[batch.Length..];
        }

        return new ConntrackDeletion(answers.Deleted, answers.Refusal);
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    internal static void WriteDump(ref NetlinkWriter writer, NetfilterFamily family, byte? protocol, uint sequence)
    {
        var message = writer.BeginMessage(
            MessageType(IPCTNL_MSG_CT_GET), NetlinkFlags.NLM_F_REQUEST | NetlinkFlags.NLM_F_DUMP, sequence);
        writer.AddNetfilterHeader((byte)family, resourceId: 0);
        if (protocol is { } number)
        {
            // "Original direction, as this tuple, but look at its protocol only."
            var tuple = writer.BeginNested(ConntrackEntry.CTA_TUPLE_ORIG);
            var transport = writer.BeginNested(ConntrackTuple.CTA_TUPLE_PROTO);
            writer.AddByte(ConntrackTuple.CTA_PROTO_NUM, number);
            writer.EndNested(transport);
            writer.EndNested(tuple);
            var filter = writer.BeginNested(CTA_FILTER);
            writer.AddUInt32(CTA_FILTER_ORIG_FLAGS, CTA_FILTER_F_CTA_PROTO_NUM);
            writer.AddUInt32(CTA_FILTER_REPLY_FLAGS, 0);
            writer.EndNested(filter);
        }

        writer.EndMessage(message);
    }

    internal static void WriteDelete(ref NetlinkWriter writer, in ConntrackKey key, uint sequence)
    {
        var message = writer.BeginMessage(
            MessageType(IPCTNL_MSG_CT_DELETE), NetlinkFlags.NLM_F_REQUEST | NetlinkFlags.NLM_F_ACK, sequence);
        writer.AddNetfilterHeader((byte)key.Family, resourceId: 0);
        key.Write(ref writer);
        writer.EndMessage(message);
    }

    private static ushort MessageType(ushort message) => (ushort)(NFNL_SUBSYS_CTNETLINK << 8 | message);

    private void DumpCore<TState>(NetfilterFamily family, byte? protocol, TState state, ConntrackHandler<TState> handle)
        where TState : class
    {
        var sequence = _socket.NextSequence();
        var writer = new NetlinkWriter(stackalloc byte[128]);
        WriteDump(ref writer, family, protocol, sequence);
        _socket.Dump(
            writer.Written, sequence, "list conntrack entries", (state, handle),
            static (to, message) => to.handle(to.state, ConntrackEntry.Read(message)));
    }

    private void Delete(ReadOnlySpan<ConntrackKey> keys, Span<byte> buffer, Answers answers)
    {
        var writer = new NetlinkWriter(buffer);
        uint first = 0, last = 0;
        foreach (ref readonly var key in keys)
        {
            last = _socket.NextSequence();
            if (first == 0) first = last;
            WriteDelete(ref writer, key, last);
        }

        _socket.RequestAll(writer.Written, first, last, "delete conntrack entries", answers, static (to, errno) => to.Take(errno));
    }

    private sealed class Answers
    {
        public int Deleted { get; private set; }

        public NetlinkErrno Refusal { get; private set; }

        public void Take(NetlinkErrno errno)
        {
            if (errno == NetlinkErrno.None) Deleted++;
            else if (errno != NetlinkErrno.ENOENT) Refusal = errno;
        }
    }
}
