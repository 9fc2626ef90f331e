using System.Collections.Immutable;
using System.Text;

namespace Shunt.Netlink.Netfilter;

/// <summary>
/// The named counters that iptables rules can count into (<c>-m nfacct</c>), in the network namespace of the calling thread.
/// Source: linux/netfilter/nfnetlink_acct.h.
/// </summary>
public static class NfAcct
{
    /// <summary>The longest name the kernel takes, in bytes (NFACCT_NAME_MAX less the terminating zero).</summary>
    public const int MaxNameLength = 31;

    private const ushort NFNL_SUBSYS_ACCT = 7;
    private const ushort NFNL_MSG_ACCT_NEW = 0;
    private const ushort NFNL_MSG_ACCT_GET = 1;
    private const ushort NFACCT_NAME = 1;
    private const ushort NFACCT_PKTS = 2;
    private const ushort NFACCT_BYTES = 3;
    private const int NetfilterHeaderSize = 4;

    private static readonly TimeSpan ReceiveTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Makes sure that a counter exists; one that does keeps its value.</summary>
    /// <returns>False when this kernel has no such counters, or the process may not have them.</returns>
    /// <exception cref="NetlinkException">The kernel failed in any other way.</exception>
    public static bool TryEnsure(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Encoding.UTF8.GetByteCount(name), MaxNameLength, nameof(name));
        var operation = $"create the counter {name}";
        try
        {
            using var socket = NetlinkSocket.Open(NetlinkFamily.NETLINK_NETFILTER, ReceiveTimeout);
            var sequence = socket.NextSequence();
            var writer = new NetlinkWriter(stackalloc byte[128]);
            WriteCreate(ref writer, name, sequence);
            var errno = socket.Request(writer.Written, sequence, operation);
            if (errno is NetlinkErrno.None or NetlinkErrno.EEXIST) return true;
            if (IsUnsupported(errno)) return false;
            throw new NetlinkException(operation, errno);
        }
        catch (NetlinkException e) when (IsUnsupported(e.Errno))
        {
            return false; // already the socket was refused
        }
    }

    /// <summary>The counters there are, in the kernel's order.</summary>
    /// <exception cref="NetlinkException">The kernel has no such counters, or the process may not see them.</exception>
    public static ImmutableArray<NfAcctCounter> List()
    {
        using var socket = NetlinkSocket.Open(NetlinkFamily.NETLINK_NETFILTER, ReceiveTimeout);
        var sequence = socket.NextSequence();
        var writer = new NetlinkWriter(stackalloc byte[32]);
        var message = writer.BeginMessage(
            MessageType(NFNL_MSG_ACCT_GET), NetlinkFlags.NLM_F_REQUEST | NetlinkFlags.NLM_F_DUMP, sequence);
        writer.AddNetfilterHeader(family: 0, resourceId: 0);
        writer.EndMessage(message);

        var counters = ImmutableArray.CreateBuilder<NfAcctCounter>();
        socket.Dump(writer.Written, sequence, "list the counters", counters, static (found, reply) => found.Add(Read(reply)));
        return counters.ToImmutable();
    }

    internal static void WriteCreate(ref NetlinkWriter writer, string name, uint sequence)
    {
        const NetlinkFlags flags =
            NetlinkFlags.NLM_F_REQUEST | NetlinkFlags.NLM_F_CREATE | NetlinkFlags.NLM_F_EXCL | NetlinkFlags.NLM_F_ACK;
        var message = writer.BeginMessage(MessageType(NFNL_MSG_ACCT_NEW), flags, sequence);
        writer.AddNetfilterHeader(family: 0, resourceId: 0);
        writer.AddString(NFACCT_NAME, name);
        writer.EndMessage(message);
    }

    private static ushort MessageType(ushort message) => (ushort)(NFNL_SUBSYS_ACCT << 8 | message);

    private static NfAcctCounter Read(NetlinkMessage message)
    {
        var name = "";
        ulong packets = 0, bytes = 0;
        var attributes = message.Attributes(NetfilterHeaderSize);
        while (attributes.TryRead(out var attribute))
        {
            switch (attribute.Type)
            {
                case NFACCT_NAME: name = attribute.AsString(); break;
                case NFACCT_PKTS: packets = attribute.AsUInt64BigEndian(); break;
                case NFACCT_BYTES: bytes = attribute.AsUInt64BigEndian(); break;
            }
        }

        return new NfAcctCounter(name, packets, bytes);
    }

    // nfnetlink answers EINVAL for a subsystem whose module is not there, and a kernel without nfnetlink refuses the socket or the send.
    private static bool IsUnsupported(NetlinkErrno errno) => errno
        is NetlinkErrno.ENOENT or NetlinkErrno.EPERM or NetlinkErrno.EACCES or NetlinkErrno.EINVAL or NetlinkErrno.EOPNOTSUPP
        or NetlinkErrno.EPROTONOSUPPORT or NetlinkErrno.EAFNOSUPPORT or NetlinkErrno.ECONNREFUSED;
}
