using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Shunt.Netlink.Interop;

namespace Shunt.Netlink.Netfilter;

/// <summary>Hears of every change of nf_tables in the network namespace of the thread that opens it. One owner at a time.</summary>
public sealed class NftMonitor : IDisposable
{
    private const int NFNLGRP_NFTABLES = 7;
    private const int BufferSize = 64 * 1024;
    private const int SocketBufferSize = 4 * 1024 * 1024;
    private const int MaxTouched = 1024;

    private readonly Socket _socket;
    private readonly byte[] _buffer = new byte[BufferSize];
    private readonly HashSet<NftTouched> _touched = [];
    private readonly Queue<NftChange> _changes = [];
    private uint _portId;

    private NftMonitor(Socket socket) => _socket = socket;

    /// <summary>Subscribes; from now on nothing is missed without being told.</summary>
    /// <exception cref="NetlinkException">The kernel has no such group, or the process may not.</exception>
    public static NftMonitor Open()
    {
        const string operation = "listen to nf_tables";
        var handle = Libc.Socket(Libc.AF_NETLINK, Libc.SOCK_RAW | Libc.SOCK_CLOEXEC, (int)NetlinkFamily.NETLINK_NETFILTER);
        try
        {
            if (handle.IsInvalid) throw new NetlinkException(operation, Libc.LastError);
            _ = Libc.SetSockOpt(handle, Libc.SOL_SOCKET, Libc.SO_RCVBUFFORCE, SocketBufferSize, sizeof(int)); // less will do
            if (Libc.Bind(handle, in SockAddrNetlink.Kernel, Unsafe.SizeOf<SockAddrNetlink>()) < 0
                || Libc.SetSockOpt(handle, Libc.SOL_NETLINK, Libc.NETLINK_ADD_MEMBERSHIP, NFNLGRP_NFTABLES, sizeof(int)) < 0)
            {
                throw new NetlinkException(operation, Libc.LastError);
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
                _touched.Clear();
                _changes.Enqueue(new NftChange { EventsLost = true });
            }
            catch (SocketException e)
            {
                throw new NetlinkException("listen to nf_tables", (NetlinkErrno)e.NativeErrorCode);
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
            else if (NftReading.Touched(message, number) is { } touched && _touched.Count < MaxTouched) _touched.Add(touched);
            if (message.PortId != 0) _portId = message.PortId;
        }
    }

    private void TakeEnd(NetlinkMessage message)
    {
        var change = new NftChange { PortId = message.PortId != 0 ? message.PortId : _portId, Touched = [.. _touched] };
        _touched.Clear();
        _portId = 0;
        var attributes = message.Attributes(NftMessage.HeaderLength);
        while (attributes.TryRead(out var attribute))
        {
            if (attribute.Type == NftMessage.NFTA_GEN_PROC_PID) change = change with { ProcessId = (int)attribute.AsUInt32BigEndian() };
            if (attribute.Type == NftMessage.NFTA_GEN_PROC_NAME) change = change with { ProcessName = attribute.AsString() };
        }

        _changes.Enqueue(change);
    }
}
