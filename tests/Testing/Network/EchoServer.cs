using System.Net;
using System.Net.Sockets;
using System.Text;
using Shunt.Model;
using Shunt.Netlink;

namespace Shunt.Testing.Network;

/// <summary>
/// A server inside a namespace that answers every TCP connection and every UDP datagram, in both families, with its own name and
/// the source address it saw: <c>name|address</c>.
/// </summary>
public sealed class EchoServer : IAsyncDisposable
{
    private readonly string _name;
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Socket> _sockets = [];
    private readonly List<Task> _loops = [];

    private EchoServer(string name) => _name = name;

    /// <summary>Starts serving; it answers as soon as this returns.</summary>
    /// <param name="name">What it calls itself.</param>
    /// <param name="where">The namespace it listens in.</param>
    /// <param name="port">The port, on every address.</param>
    /// <param name="protocol">TCP or UDP.</param>
    public static EchoServer Start(string name, NetNamespace where, int port, Protocol protocol)
    {
        var server = new EchoServer(name);
        foreach (var any in new[] { IPAddress.Any, IPAddress.IPv6Any })
        {
            var socket = where.Run(() => Listen(new IPEndPoint(any, port), protocol));
            server._sockets.Add(socket);
            server._loops.Add(protocol == Protocol.Tcp ? server.ServeTcpAsync(socket) : server.ServeUdpAsync(socket));
        }

        return server;
    }

    /// <summary>Starts a server on a host, under the host's name.</summary>
    public static EchoServer Start(Host host, int port, Protocol protocol) => Start(host.Name, host.Namespace.Net, port, protocol);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_loops);
        foreach (var socket in _sockets) socket.Dispose();
        _stop.Dispose();
    }

    private static Socket Listen(IPEndPoint at, Protocol protocol)
    {
        var tcp = protocol == Protocol.Tcp;
        var socket = new Socket(at.AddressFamily, tcp ? SocketType.Stream : SocketType.Dgram, tcp ? ProtocolType.Tcp : ProtocolType.Udp);
        if (at.AddressFamily == AddressFamily.InterNetworkV6) socket.DualMode = false;
        socket.Bind(at);
        if (tcp) socket.Listen(1024);
        return socket;
    }

    private async Task ServeTcpAsync(Socket listener)
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                using var connection = await listener.AcceptAsync(_stop.Token);
                await connection.SendAsync(Answer(connection.RemoteEndPoint!), SocketFlags.None, _stop.Token);
                connection.Shutdown(SocketShutdown.Send);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (SocketException)
            {
                // That client is gone; the next one is served.
            }
        }
    }

    private async Task ServeUdpAsync(Socket socket)
    {
        var buffer = new byte[256];
        var anybody = new IPEndPoint(socket.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0);
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var received = await socket.ReceiveFromAsync(buffer, SocketFlags.None, anybody, _stop.Token);
                await socket.SendToAsync(Answer(received.RemoteEndPoint), SocketFlags.None, received.RemoteEndPoint, _stop.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (SocketException)
            {
                // An ICMP answer to an earlier reply; the next datagram is served.
            }
        }
    }

    private byte[] Answer(EndPoint client)
    {
        var address = ((IPEndPoint)client).Address;
        var seen = address.IsIPv6LinkLocal ? new IPAddress(address.GetAddressBytes()) : address;
        return Encoding.UTF8.GetBytes($"{_name}|{seen}");
    }
}
