using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using OptionsFactory = Microsoft.Extensions.Options.Options;

namespace Shunt.Proxy.Http;

/// <summary>A plain HTTP server: Kestrel without a host, a container or a pipeline, because the agent's few pages need none.</summary>
internal sealed class HttpServer : IAsyncDisposable
{
    private static readonly TimeSpan RetryPeriod = TimeSpan.FromSeconds(5);

    private readonly KestrelServer _server;

    private HttpServer(KestrelServer server)
    {
        _server = server;
        var bound = new Uri(server.Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.First());
        Address = new IPEndPoint(IPAddress.Parse(bound.Host), bound.Port);
    }

    /// <summary>Where it listens.</summary>
    public IPEndPoint Address { get; }

    /// <summary>Binds an address and starts to serve it.</summary>
    /// <param name="address">
    /// Where; port 0 lets the kernel choose. Each of the two addresses that mean "everywhere" means it for both families, as for kube-proxy.
    /// </param>
    /// <param name="handler">Answers every request.</param>
    /// <param name="logging">Where loggers come from.</param>
    /// <param name="ct">Cancels the start.</param>
    /// <exception cref="IOException">The address cannot be bound.</exception>
    public static async Task<HttpServer> StartAsync(IPEndPoint address, RequestDelegate handler, ILoggerFactory logging, CancellationToken ct)
    {
        var options = new KestrelServerOptions { AddServerHeader = false };
        options.Listen(Everywhere(address), static listen => listen.Protocols = HttpProtocols.Http1);
        var transport = new SocketTransportFactory(OptionsFactory.Create(new SocketTransportOptions()), logging);
        var server = new KestrelServer(OptionsFactory.Create(options), transport, logging);
        try
        {
            await server.StartAsync(new HandlerApplication(handler), ct);
        }
        catch
        {
            server.Dispose();
            throw;
        }

        return new HttpServer(server);
    }

    /// <summary>Serves an address until cancelled. One that cannot be bound is tried again every five seconds.</summary>
    /// <param name="address">Where.</param>
    /// <param name="handler">Answers every request.</param>
    /// <param name="bindFailed">Told each time the address cannot be bound; what it throws ends the attempts.</param>
    /// <param name="logging">Where loggers come from.</param>
    /// <param name="time">The clock.</param>
    /// <param name="ct">Ends it, which is not an error.</param>
    public static async Task RunAsync(
        IPEndPoint address, RequestDelegate handler, Action<IOException> bindFailed, ILoggerFactory logging, TimeProvider time, CancellationToken ct)
    {
        try
        {
            while (true)
            {
                try
                {
                    await using var server = await StartAsync(address, handler, logging, ct);
                    await Task.Delay(Timeout.InfiniteTimeSpan, time, ct);
                }
                catch (IOException e)
                {
                    bindFailed(e);
                    await Task.Delay(RetryPeriod, time, ct);
                }
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // Asked to end.
        }
    }

    // Kestrel serves both families at [::], and only one at 0.0.0.0.
    private static IPEndPoint Everywhere(IPEndPoint address) =>
        address.Address.Equals(IPAddress.Any) && Socket.OSSupportsIPv6 ? new IPEndPoint(IPAddress.IPv6Any, address.Port) : address;

    /// <summary>Stops listening and cuts the connections.</summary>
    public async ValueTask DisposeAsync()
    {
        await _server.StopAsync(new CancellationToken(canceled: true));
        _server.Dispose();
    }
}
