using System.Net;
using System.Net.Sockets;
using System.Text;
using Shunt.Netlink;

namespace Shunt.Testing.Network;

/// <summary>One UDP flow to <see cref="EchoServer"/>s: always the same socket, so the kernel tracks it as one.</summary>
public sealed class UdpFlow : IDisposable
{
    private readonly Socket _socket;
    private readonly IPEndPoint _to;

    private UdpFlow(Socket socket, IPEndPoint to)
    {
        _socket = socket;
        _to = to;
    }

    /// <summary>Makes the socket; nothing is sent yet.</summary>
    public static UdpFlow Open(NetNamespace from, string address, int port)
    {
        var to = new IPEndPoint(IPAddress.Parse(address), port);
        return new UdpFlow(from.Run(() => new Socket(to.AddressFamily, SocketType.Dgram, ProtocolType.Udp)), to);
    }

    /// <summary>Sends a datagram; the name of the server that answers.</summary>
    /// <exception cref="OperationCanceledException">Nobody answers.</exception>
    public async Task<string> AskAsync(CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(TimeSpan.FromSeconds(10));
        await _socket.SendToAsync("?"u8.ToArray(), SocketFlags.None, _to, limit.Token);
        var buffer = new byte[256];
        var received = await _socket.ReceiveFromAsync(buffer, SocketFlags.None, new IPEndPoint(_to.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0), limit.Token);
        return Encoding.UTF8.GetString(buffer, 0, received.ReceivedBytes).Split('|')[0];
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();
}
