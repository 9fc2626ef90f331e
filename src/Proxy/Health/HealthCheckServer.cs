using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Shunt.Proxy.Http;
using OptionsFactory = Microsoft.Extensions.Options.Options;

namespace Shunt.Proxy.Health;

/// <summary>The one HTTP server behind all sockets of all health checks: hundreds of them cost no threads, and little memory.</summary>
internal sealed class HealthCheckServer : IAsyncDisposable
{
    private readonly KestrelServer _server;
    private readonly HealthCheckConnections _connections;
    private readonly SocketConnectionContextFactory _factory;

    private HealthCheckServer(KestrelServer server, HealthCheckConnections connections, SocketConnectionContextFactory factory)
    {
        _server = server;
        _connections = connections;
        _factory = factory;
    }

    /// <summary>Starts it, without a socket to listen on.</summary>
    /// <param name="page">Answers every request.</param>
    /// <param name="logging">Where loggers come from.</param>
    /// <param name="ct">Cancels the start.</param>
    public static async Task<HealthCheckServer> StartAsync(ServiceHealthPage page, ILoggerFactory logging, CancellationToken ct)
    {
        var connections = new HealthCheckConnections();
        var options = new KestrelServerOptions { AddServerHeader = false };
        options.Listen(new IPEndPoint(IPAddress.None, 0), static listen => // only a name: nothing listens there
        {
            listen.Protocols = HttpProtocols.Http1;
            listen.Use(static next => connection => ServeAsync(connection, next));
        });
        var server = new KestrelServer(OptionsFactory.Create(options), connections, logging);
        await server.StartAsync(new HandlerApplication(context => page.HandleAsync(context, CheckOf(context))), ct);
        var factory = new SocketConnectionContextFactory(
            new SocketConnectionFactoryOptions { IOQueueCount = 1 }, logging.CreateLogger<SocketConnectionContextFactory>());
        return new HealthCheckServer(server, connections, factory);
    }

    /// <summary>Serves a connection, which is the server's from here on.</summary>
    /// <param name="socket">The connection.</param>
    /// <param name="listener">Who accepted it.</param>
    /// <param name="ct">Cancels the hand-over, and cuts the connection then.</param>
    /// <exception cref="SocketException">The connection is gone already.</exception>
    public async ValueTask AddAsync(Socket socket, HealthCheckListener listener, CancellationToken ct)
    {
        ConnectionContext connection;
        try
        {
            connection = _factory.Create(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        connection.Features.Set(listener);
        try
        {
            await _connections.AddAsync(connection, ct);
        }
        catch (Exception e) when (e is ChannelClosedException or OperationCanceledException)
        {
            await connection.DisposeAsync();
        }
    }

    /// <summary>Stops, and cuts the connections.</summary>
    public async ValueTask DisposeAsync()
    {
        await _server.StopAsync(new CancellationToken(canceled: true));
        _server.Dispose();
        _factory.Dispose();
    }

    private static ServiceHealthCheck CheckOf(HttpContext context) => context.Features.GetRequiredFeature<HealthCheckListener>().Check;

    private static async Task ServeAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        var listener = connection.Features.GetRequiredFeature<HealthCheckListener>();
        if (!listener.TryEnter(connection))
        {
            connection.Abort();
            return;
        }

        try
        {
            await next(connection);
        }
        finally
        {
            listener.Leave(connection);
        }
    }
}
