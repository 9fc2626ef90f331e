using System.Net;
using System.Net.Sockets;
using Shunt.Netlink;

namespace Shunt.Testing.Network;

/// <summary>HTTP requests that come from inside a namespace.</summary>
public static class NamespaceHttp
{
    /// <summary>A client whose connections are made in the namespace. Every request has a connection of its own.</summary>
    public static HttpClient Client(NetNamespace at) => new(new SocketsHttpHandler
    {
        PooledConnectionLifetime = TimeSpan.Zero,
        ConnectCallback = async (context, ct) =>
        {
            var address = IPAddress.Parse(context.DnsEndPoint.Host);
            var socket = at.Run(() => new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp));
            try
            {
                await socket.ConnectAsync(address, context.DnsEndPoint.Port, ct);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        },
    });
}
