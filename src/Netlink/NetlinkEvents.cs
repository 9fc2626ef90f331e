using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Shunt.Netlink.Interop;

namespace Shunt.Netlink;

/// <summary>
/// Waits for the kernel to say that something changed, in the network namespace of the thread that opens it. What changed is not kept: the
/// reader reads anew, so an event that the kernel had to drop costs nothing. One owner at a time.
/// </summary>
public sealed class NetlinkEvents : IDisposable
{
    private readonly Socket _socket;

    // Only that a message came counts, so it may be cut off.
    private readonly byte[] _buffer = new byte[32];

    private NetlinkEvents(Socket socket) => _socket = socket;

    /// <summary>Subscribes; from now on nothing is missed.</summary>
    /// <param name="family">Which part of the kernel to listen to.</param>
    /// <param name="groups">The multicast groups, by number (RTNLGRP_*, NFNLGRP_*).</param>
    /// <exception cref="NetlinkException">The kernel has no such family or group, or the process may not.</exception>
    public static NetlinkEvents Open(NetlinkFamily family, params ReadOnlySpan<int> groups)
    {
        var operation = $"listen to {family}";
        var handle = Libc.Socket(Libc.AF_NETLINK, Libc.SOCK_RAW | Libc.SOCK_CLOEXEC, (int)family);
        try
        {
            if (handle.IsInvalid) throw new NetlinkException(operation, Libc.LastError);
            if (Libc.Bind(handle, in SockAddrNetlink.Kernel, Unsafe.SizeOf<SockAddrNetlink>()) < 0)
            {
                throw new NetlinkException(operation, Libc.LastError);
            }

            foreach (var group in groups)
            {
                if (Libc.SetSockOpt(handle, Libc.SOL_NETLINK, Libc.NETLINK_ADD_MEMBERSHIP, group, sizeof(int)) < 0)
                {
                    throw new NetlinkException(operation, Libc.LastError);
                }
            }

            // .NET does not know the address family, but it waits on any descriptor without a thread for it.
            return new NetlinkEvents(new Socket(handle) { Blocking = false });
        }
        catch (NetlinkException)
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>Waits until something happened since the last call returned; also when so much did that the kernel lost count (ENOBUFS).</summary>
    /// <exception cref="NetlinkException">The socket failed.</exception>
    public async Task WaitAsync(CancellationToken ct)
    {
        try
        {
            await _socket.ReceiveAsync(_buffer, SocketFlags.None, ct);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.NoBufferSpaceAvailable)
        {
            // Something was lost, and so something happened.
        }
        catch (SocketException e)
        {
            throw new NetlinkException("wait for the kernel", (NetlinkErrno)e.NativeErrorCode);
        }
    }

    /// <summary>Forgets what has happened until now, which one reading that comes after this answers.</summary>
    /// <exception cref="NetlinkException">The socket failed.</exception>
    public void Drain() => Drain(_socket, _buffer, "wait for the kernel");

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    /// <summary>Throws away what waits in a socket, and what of it was lost.</summary>
    internal static void Drain(Socket socket, byte[] buffer, string operation)
    {
        while (true)
        {
            socket.Receive(buffer, SocketFlags.None, out var error);
            switch (error)
            {
                case SocketError.Success or SocketError.NoBufferSpaceAvailable or SocketError.MessageSize or SocketError.Interrupted:
                    continue;
                case SocketError.WouldBlock:
                    return;
                default:
                    throw new NetlinkException(operation, (NetlinkErrno)new SocketException((int)error).NativeErrorCode);
            }
        }
    }
}
