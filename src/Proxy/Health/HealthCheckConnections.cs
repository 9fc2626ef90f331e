using System.Net;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;

namespace Shunt.Proxy.Health;

/// <summary>
/// What Kestrel takes for a listening socket: connections that were accepted elsewhere, by as many sockets as there happen to be. So one HTTP
/// server serves every health check.
/// </summary>
internal sealed class HealthCheckConnections : IConnectionListenerFactory, IConnectionListener
{
    private const int Capacity = 64;

    // When it is full, those who accept wait, and further connections wait in the kernel.
    private readonly Channel<ConnectionContext> _accepted = Channel.CreateBounded<ConnectionContext>(
        new BoundedChannelOptions(Capacity) { FullMode = BoundedChannelFullMode.Wait });

    /// <inheritdoc/>
    public EndPoint EndPoint { get; private set; } = new IPEndPoint(IPAddress.None, 0);

    /// <summary>Hands over a connection.</summary>
    /// <exception cref="ChannelClosedException">The server is stopping.</exception>
    public ValueTask AddAsync(ConnectionContext connection, CancellationToken ct) => _accepted.Writer.WriteAsync(connection, ct);

    /// <inheritdoc/>
    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        EndPoint = endpoint;
        return ValueTask.FromResult<IConnectionListener>(this);
    }

    /// <inheritdoc/>
    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default) =>
        await _accepted.Reader.WaitToReadAsync(cancellationToken) && _accepted.Reader.TryRead(out var connection) ? connection : null;

    /// <inheritdoc/>
    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        _accepted.Writer.TryComplete();
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _accepted.Writer.TryComplete();
        while (_accepted.Reader.TryRead(out var connection)) await connection.DisposeAsync();
    }
}
