using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Shunt.Proxy.Health;

/// <summary>One socket that a health check listens on, with the task that accepts from it.</summary>
internal sealed class HealthCheckSocket : IAsyncDisposable
{
    private const int Backlog = 512;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly Socket _socket;
    private readonly CancellationTokenSource _closing = new();
    private readonly Task _accepting;

    /// <summary>Starts to accept.</summary>
    /// <param name="address">Where it listens.</param>
    /// <param name="socket">A socket that listens; this object's from here on.</param>
    /// <param name="accepted">Takes a connection.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Told when there is trouble.</param>
    public HealthCheckSocket(IPEndPoint address, Socket socket, Func<Socket, CancellationToken, ValueTask> accepted, TimeProvider time, ILogger logger)
    {
        _socket = socket;
        _accepting = AcceptAsync(address, accepted, time, logger);
    }

    /// <summary>Makes a socket that listens for its own family only, also where it listens everywhere.</summary>
    /// <exception cref="SocketException">The kernel says no.</exception>
    public static Socket Listen(IPEndPoint address)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (address.AddressFamily == AddressFamily.InterNetworkV6) socket.DualMode = false;
            socket.Bind(address);
            socket.Listen(Backlog);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Stops listening: the address is free when this returns. Connections live on.</summary>
    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        _socket.Dispose();
        await _accepting;
        _closing.Dispose();
    }

    private async Task AcceptAsync(IPEndPoint address, Func<Socket, CancellationToken, ValueTask> accepted, TimeProvider time, ILogger logger)
    {
        try
        {
            while (!_closing.IsCancellationRequested)
            {
                try
                {
                    await accepted(await _socket.AcceptAsync(_closing.Token), _closing.Token);
                }
                catch (SocketException e) when (!_closing.IsCancellationRequested)
                {
                    // A connection that was gone again, or no descriptors left: neither is the end of listening.
                    Log.CannotAccept(logger, e, address);
                    await Task.Delay(Pause, time, _closing.Token);
                }
            }
        }
        catch (Exception e) when (_closing.IsCancellationRequested && e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Closed.
        }
    }
}
