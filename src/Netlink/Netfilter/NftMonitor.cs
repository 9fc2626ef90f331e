using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Shunt.Netlink.Interop;

namespace Shunt.Netlink.Netfilter;

/// <summary>Hears of every change of nf_tables in the network namespace of the thread that opens it. One owner at a time.</summary>
public sealed class NftMonitor : IDisposable
{
    private const string Operation = "listen to nf_tables";
    private const int NFNLGRP_NFTABLES = 7;
    private const int BufferSize = 64 * 1024;
    private const int SocketBufferSize = 32 * 1024 * 1024; // a limit: a full load of our own is some ten thousands of events
    private const int MaxTouched = 1024;

    private readonly Socket _socket;
    private readonly byte[] _buffer = new byte[BufferSize];
    private readonly HashSet<NftTouched> _touched = [];
    private readonly Queue<NftChange> _changes = [];

    private NftMonitor(Socket socket) => _socket = socket;

    /// <summary>Subscribes; from now on nothing is missed without being told.</summary>
    /// <exception cref="NetlinkException">The kernel has no such group, or the process may not.</exception>
    public static NftMonitor Open() => Open(SocketBufferSize);

    /// <inheritdoc cref="Open()"/>
    /// <param name="bufferSize">How many bytes of events may wait.</param>
    internal static NftMonitor Open(int bufferSize)
    {
        var handle = Libc.Socket(Libc.AF_NETLINK, Libc.SOCK_RAW | Libc.SOCK_CLOEXEC, (int)NetlinkFamily.NETLINK_NETFILTER);
        try
        {
            if (handle.IsInvalid) throw new NetlinkException(Operation, Libc.LastError);
            _ = Libc.SetSockOpt(handle, Libc.SOL_SOCKET, Libc.SO_RCVBUFFORCE, bufferSize, sizeof(int)); // less will do
            if (Libc.Bind(handle, in SockAddrNetlink.Kernel, Unsafe.SizeOf<SockAddrNetlink>()) < 0
                || Libc.SetSockOpt(handle, Libc.SOL_NETLINK, Libc.NETLINK_ADD_MEMBERSHIP, NFNLGRP_NFTABLES, sizeof(int)) < 0)
            {
                throw new NetlinkException(Operation, Libc.LastError);
            }

            return new NftMonitor(new Socket(handle) { Blocking = false });
        }
        catch (NetlinkException)
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>Waits for the next change.</summary>
    /// <exception cref="NetlinkException">The socket failed.</exception>
    public async ValueTask<NftChange> ReceiveAsync(CancellationToken ct)
    {
        while (_changes.Count == 0)
        {
            try
            {
                var length = await _socket.ReceiveAsync(_buffer, SocketFlags.None, ct);
                Take(_buffer.AsSpan(0, length));
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.NoBufferSpaceAvailable)
            {
                // Until its queue is empty the kernel drops what comes and says so no more: what is lost must be lost before we tell of it.
                NetlinkEvents.Drain(_socket, _buffer, Operation);
                _touched.Clear();
                _changes.Enqueue(new NftChange { EventsLost = true });
            }
            catch (SocketException e)
            {
                throw new NetlinkException(Operation, (NetlinkErrno)e.NativeErrorCode);
            }
        }

        return _changes.Dequeue();
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    /// <summary>A transaction's events come one behind the other, and its new generation at their end.</summary>
    private void Take(ReadOnlySpan<byte> datagram)
    {
        var reader = new NetlinkReader(datagram);
        while (reader.TryRead(out var message))
        {
            if (NftMessage.Number(message.Type) is not { } number) continue;
            if (number == NftMessage.NFT_MSG_NEWGEN) TakeEnd(message);
            else if (_touched.Count <= MaxTouched && NftReading.Touched(message, number) is { } touched) _touched.Add(touched);
        }
    }

    private void TakeEnd(NetlinkMessage message)
    {
        var lost = _touched.Count > MaxTouched; // more than we care to name
        var change = new NftChange { PortId = message.PortId, Touched = lost ? [] : [.. _touched], EventsLost = lost };
        _touched.Clear();
        var attributes = message.Attributes(NftMessage.HeaderLength);
        while (attributes.TryRead(out var attribute))
        {
            if (attribute.Type == NftMessage.NFTA_GEN_PROC_PID) change = change with { ProcessId = (int)attribute.AsUInt32BigEndian() };
            if (attribute.Type == NftMessage.NFTA_GEN_PROC_NAME) change = change with { ProcessName = attribute.AsString() };
        }

        _changes.Enqueue(change);
    }
}
