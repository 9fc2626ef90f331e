using System.Net;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Shunt.Proxy.Sources;
using Shunt.Proxy.State;

namespace Shunt.Proxy.Kubernetes;

/// <summary>Cluster state from an API server: one <see cref="Reflector"/> for each resource.</summary>
internal sealed class KubernetesSource : IClusterSource
{
    private readonly ApiServerOptions _server;
    private readonly string _nodeName;
    private readonly ReflectorOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    /// <summary>Creates the source; nothing is sent yet.</summary>
    public KubernetesSource(ApiServerOptions server, string nodeName, ReflectorOptions options, TimeProvider time, ILogger logger)
    {
        _server = server;
        _nodeName = nodeName;
        _options = options;
        _time = time;
        _logger = logger;
    }

    /// <summary>Asks the server once for its version, for commands that would rather fail than wait.</summary>
    /// <exception cref="ConfigurationException">It does not answer, or does not know us.</exception>
    public async Task CheckAsync(CancellationToken ct)
    {
        using var client = new ApiClient(_server, _time, _logger);
        try
        {
            using var answer = await client.GetAsync("version", ct);
        }
        catch (ApiException e) when (e.Code == HttpStatusCode.Forbidden)
        {
            // It is there and knows us; that we may not ask for the version does not matter.
        }
        catch (Exception e) when (e is HttpRequestException or IOException or ApiException)
        {
            throw new ConfigurationException($"the API server {_server.Server} cannot be used: {e.Message}", e);
        }
    }

    /// <inheritdoc/>
    public async Task RunAsync(ChannelWriter<WatchEvent> events, CancellationToken ct)
    {
        Log.Connecting(_logger, _server.Server, _nodeName);
        using var client = new ApiClient(_server, _time, _logger);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var running = WatchedResource.All(_nodeName)
            .Select(resource => new Reflector(client, resource, _options, _time, _logger).RunAsync(events, stop.Token))
            .ToArray();
        try
        {
            // They end by cancellation only; anything else is a bug and ends the others too.
            await await Task.WhenAny(running);
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
