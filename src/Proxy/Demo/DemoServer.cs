using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Shunt.Proxy.Demo;

/// <summary>What runs in a serving pod: answers every request with its own name and the address it was asked from.</summary>
internal sealed class DemoServer : IAsyncDisposable
{
    public const int Port = 8080;

    private readonly DemoPod _pod;
    private readonly Socket _listener;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _serving;

    /// <summary>Listens, from now on.</summary>
    public DemoServer(DemoPod pod)
    {
        _pod = pod;
        _listener = pod.Network.Run(() =>
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.Any, Port));
            socket.Listen(128);
            return socket;
        });
        _serving = ServeAsync(_stop.Token);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _serving;
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task ServeAsync(CancellationToken ct)
    {
        while (true)
        {
            try
            {
                using var connection = await _listener.AcceptAsync(ct);
                await AnswerAsync(connection, ct);
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

    private async Task AnswerAsync(Socket connection, CancellationToken ct)
    {
        var request = new byte[1024];
        await connection.ReceiveAsync(request, SocketFlags.None, ct); // one short request always comes in one piece here
        var body = $"{_pod.Name} {((IPEndPoint)connection.RemoteEndPoint!).Address}\n"; // connected, so it has a remote end
        var answer = $"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}";
        await connection.SendAsync(Encoding.ASCII.GetBytes(answer), SocketFlags.None, ct);
        connection.Shutdown(SocketShutdown.Send);
    }
}
