using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Shunt.Netlink.Interop;

namespace Shunt.Netlink;

/// <summary>
/// A netlink socket, in the network namespace of the thread that opens it, and for good. Synchronous on purpose: a request is
/// answered before the send returns. One owner at a time.
/// </summary>
public sealed class NetlinkSocket : IDisposable
{
    // Dump datagrams grow with the buffer that receives them; below 32 KB some kernels cut them off.
    private const int ReceiveBufferSize = 64 * 1024;

    // What the kernel counts besides the bytes.
    private const int DatagramOverhead = 4096;

    private readonly SafeSocketHandle _handle;
    private readonly byte[] _receiveBuffer = GC.AllocateUninitializedArray<byte>(ReceiveBufferSize);
    private uint _sequence;
    private int _sendBufferSize;

    private NetlinkSocket(SafeSocketHandle handle) => _handle = handle;

    /// <summary>The socket's address: who a request comes from, for those who listen to what it changed.</summary>
    public uint PortId { get; private set; }

    /// <summary>How many datagrams were sent so far.</summary>
    public long Sent { get; private set; }

    /// <summary>Opens and binds a socket.</summary>
    /// <param name="family">Which part of the kernel to speak to.</param>
    /// <param name="receiveTimeout">How long an answer may take; it bounds a wait that should never happen.</param>
    /// <exception cref="NetlinkException">The kernel has no such family, or the process may not.</exception>
    public static NetlinkSocket Open(NetlinkFamily family, TimeSpan receiveTimeout)
    {
        var handle = Libc.Socket(Libc.AF_NETLINK, Libc.SOCK_RAW | Libc.SOCK_CLOEXEC, (int)family);
        if (handle.IsInvalid)
        {
            var errno = Libc.LastError;
            handle.Dispose();
            throw new NetlinkException($"open a {family} socket", errno);
        }

        var socket = new NetlinkSocket(handle);
        try
        {
            socket.Configure(receiveTimeout);
        }
        catch (NetlinkException)
        {
            socket.Dispose();
            throw;
        }

        return socket;
    }

    /// <summary>The number for the next request; answers carry it. Never 0, which marks events.</summary>
    public uint NextSequence()
    {
        if (++_sequence == 0) _sequence = 1;
        return _sequence;
    }

    /// <summary>Sends one request that asks for an acknowledgement (NLM_F_ACK), and returns what the kernel said.</summary>
    /// <param name="request">The message.</param>
    /// <param name="sequence">Its sequence number.</param>
    /// <param name="operation">What it is for, for the exception.</param>
    /// <exception cref="NetlinkException">The socket itself failed; an answer about the request is returned instead.</exception>
    public NetlinkErrno Request(ReadOnlySpan<byte> request, uint sequence, string operation)
    {
        Send(request, operation);
        while (true)
        {
            var reader = new NetlinkReader(Receive(operation));
            while (reader.TryRead(out var message))
            {
                // An answer to an earlier request that nobody waited for is passed over.
                if (message.Sequence == sequence && message.IsAcknowledgement) return message.Errno;
            }
        }
    }

    /// <summary>
    /// Sends several requests at once, each of which asks for an acknowledgement (NLM_F_ACK), and hands over what the kernel said to each, in
    /// their order. They are no transaction. All answers wait in the socket's receive buffer, so there must not be too many.
    /// </summary>
    /// <param name="requests">The messages; their numbers follow one another.</param>
    /// <param name="first">The sequence number of the first.</param>
    /// <param name="last">The sequence number of the last.</param>
    /// <param name="operation">What they are for, for the exception.</param>
    /// <param name="state">What the handler fills.</param>
    /// <param name="answered">Takes each answer.</param>
    /// <exception cref="NetlinkException">The socket itself failed, or lost answers (ENOBUFS); what was asked may have been done.</exception>
    public void RequestAll<TState>(
        ReadOnlySpan<byte> requests, uint first, uint last, string operation, TState state, Action<TState, NetlinkErrno> answered)
    {
        ArgumentNullException.ThrowIfNull(answered);
        Send(requests, operation);
        while (true)
        {
            var reader = new NetlinkReader(Receive(operation));
            while (reader.TryRead(out var message))
            {
                // Unsigned, so that it holds across the wrap of the numbers too.
                if (!message.IsAcknowledgement || message.Sequence - first > last - first) continue;
                answered(state, message.Errno);
                if (message.Sequence == last) return;
            }
        }
    }

    /// <summary>Sends one request for one object, and hands over the answer.</summary>
    /// <returns>False when there is no such object (ENOENT).</returns>
    /// <exception cref="NetlinkException">The kernel refused for another reason.</exception>
    public bool Get<TState>(ReadOnlySpan<byte> request, uint sequence, string operation, TState state, NetlinkMessageHandler<TState> handle)
    {
        ArgumentNullException.ThrowIfNull(handle);
        Send(request, operation);
        while (true)
        {
            var reader = new NetlinkReader(Receive(operation));
            while (reader.TryRead(out var message))
            {
                if (message.Sequence != sequence) continue;
                if (message.IsAcknowledgement && message.Errno == NetlinkErrno.ENOENT) return false;
                if (message.IsAcknowledgement) throw new NetlinkException(operation, message.Errno, message.ErrorText());
                handle(state, message);
                return true;
            }
        }
    }

    /// <summary>Sends one request for a dump (NLM_F_DUMP) and hands over each message of the answer.</summary>
    /// <exception cref="NetlinkException">The kernel refused, or the dump was overtaken by a change (ERESTART): ask again.</exception>
    public void Dump<TState>(
        ReadOnlySpan<byte> request, uint sequence, string operation, TState state, NetlinkMessageHandler<TState> handle)
    {
        ArgumentNullException.ThrowIfNull(handle);
        Send(request, operation);
        try
        {
            ReadDump(sequence, operation, state, handle);
        }
        catch
        {
            // Until all of a dump is read the kernel begins no other for this socket (EBUSY).
            while (TryReceive(operation, out _))
            {
            }

            throw;
        }
    }

    /// <summary>Sends bytes as they are: one datagram, which for a batch is the transaction.</summary>
    /// <exception cref="NetlinkException">The kernel would not take them.</exception>
    public void Send(ReadOnlySpan<byte> datagram, string operation)
    {
        while (Libc.SendTo(_handle, datagram, datagram.Length, 0, in SockAddrNetlink.Kernel, Unsafe.SizeOf<SockAddrNetlink>()) < 0)
        {
            var errno = Libc.LastError;
            if (errno != NetlinkErrno.EINTR) throw new NetlinkException(operation, errno);
        }

        Sent++;
    }

    /// <summary>Makes room for a datagram of some length; beyond what the system allows anybody if the process may (CAP_NET_ADMIN).</summary>
    /// <exception cref="NetlinkException">It cannot be made.</exception>
    public void EnsureSendBuffer(int length)
    {
        var size = length + length / 2 + DatagramOverhead;
        if (size <= _sendBufferSize) return;
        if (Libc.SetSockOpt(_handle, Libc.SOL_SOCKET, Libc.SO_SNDBUFFORCE, size, sizeof(int)) < 0
            && Libc.SetSockOpt(_handle, Libc.SOL_SOCKET, Libc.SO_SNDBUF, size, sizeof(int)) < 0)
        {
            throw new NetlinkException("make room for a datagram", Libc.LastError);
        }

        _sendBufferSize = size;
    }

    /// <summary>Takes the next datagram if there is one already; it is valid until the next call.</summary>
    /// <exception cref="NetlinkException">Something was lost (ENOBUFS).</exception>
    public bool TryReceive(string operation, out ReadOnlySpan<byte> datagram)
    {
        datagram = Receive(operation, Libc.MSG_DONTWAIT, out var errno);
        if (errno is NetlinkErrno.None) return true;
        return errno == NetlinkErrno.EAGAIN ? false : throw new NetlinkException(operation, errno);
    }

    /// <summary>Waits for the next datagram; it is valid until the next call.</summary>
    /// <exception cref="NetlinkException">Nothing came in time (EAGAIN), or something was lost (ENOBUFS).</exception>
    public ReadOnlySpan<byte> Receive(string operation)
    {
        var datagram = Receive(operation, 0, out var errno);
        return errno == NetlinkErrno.None ? datagram : throw new NetlinkException(operation, errno);
    }

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();

    private void ReadDump<TState>(uint sequence, string operation, TState state, NetlinkMessageHandler<TState> handle)
    {
        var interrupted = false;
        while (true)
        {
            var reader = new NetlinkReader(Receive(operation));
            while (reader.TryRead(out var message))
            {
                if (message.Sequence != sequence) continue;
                interrupted |= message.Flags.HasFlag(NetlinkFlags.NLM_F_DUMP_INTR);
                if (!message.IsDone && !message.IsAcknowledgement)
                {
                    handle(state, message);
                    continue;
                }

                if (message.Errno != NetlinkErrno.None) throw new NetlinkException(operation, message.Errno, message.ErrorText());
                if (interrupted) throw new NetlinkException(operation, NetlinkErrno.ERESTART);
                return;
            }
        }
    }

    private ReadOnlySpan<byte> Receive(string operation, int flags, out NetlinkErrno errno)
    {
        errno = NetlinkErrno.None;
        while (true)
        {
            // With MSG_TRUNC the result is the length the datagram had, not what fitted.
            var length = Libc.Receive(_handle, _receiveBuffer, _receiveBuffer.Length, Libc.MSG_TRUNC | flags);
            if (length > _receiveBuffer.Length) throw new NetlinkException(operation, NetlinkErrno.EMSGSIZE);
            if (length >= 0) return _receiveBuffer.AsSpan(0, (int)length);
            errno = Libc.LastError;
            if (errno != NetlinkErrno.EINTR) return default;
            errno = NetlinkErrno.None;
        }
    }

    private void Configure(TimeSpan receiveTimeout)
    {
        Check(Libc.SetSockOpt(_handle, Libc.SOL_SOCKET, Libc.SO_RCVTIMEO, new TimeVal(receiveTimeout), Unsafe.SizeOf<TimeVal>()));
        Check(Libc.SetSockOpt(_handle, Libc.SOL_NETLINK, Libc.NETLINK_EXT_ACK, 1, sizeof(int)));
        Check(Libc.SetSockOpt(_handle, Libc.SOL_NETLINK, Libc.NETLINK_CAP_ACK, 1, sizeof(int)));
        Check(Libc.Bind(_handle, in SockAddrNetlink.Kernel, Unsafe.SizeOf<SockAddrNetlink>()));
        var own = default(SockAddrNetlink);
        var length = Unsafe.SizeOf<SockAddrNetlink>();
        Check(Libc.GetSockName(_handle, ref own, ref length));
        PortId = own.PortId;

        static void Check(int result)
        {
            if (result < 0) throw new NetlinkException("set up a netlink socket", Libc.LastError);
        }
    }
}
