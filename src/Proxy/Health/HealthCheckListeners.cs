using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Shunt.Model;
using Shunt.Proxy.Options;
using Shunt.Proxy.State;

namespace Shunt.Proxy.Health;

/// <summary>Everything that listens for health checks, and the server behind it. Owned by one task.</summary>
internal sealed class HealthCheckListeners
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LastRetry = TimeSpan.FromMinutes(1);

    private readonly string _nodeName;
    private readonly ServiceHealthPage _page;
    private readonly Action<ObjectKey, string> _failed;
    private readonly Func<IPEndPoint, Socket> _listen;
    private readonly TimeProvider _time;
    private readonly ILoggerFactory _logging;
    private readonly ILogger _logger;
    private readonly Dictionary<(ObjectKey Service, IpFamily Family), HealthCheckListener> _listeners = [];
    private readonly Dictionary<IpFamily, NodePortAddresses> _addresses = [];
    private HealthCheckServer? _server;

    /// <summary>Nothing listens yet.</summary>
    /// <param name="nodeName">This node, for messages.</param>
    /// <param name="health">While the proxy is not healthy, no Service is.</param>
    /// <param name="failed">Told the Service and the reason whenever its check cannot be listened for; must not throw.</param>
    /// <param name="listen">Makes a socket that listens at an address.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logging">Where loggers come from.</param>
    public HealthCheckListeners(
        string nodeName, ProxyHealth health, Action<ObjectKey, string> failed, Func<IPEndPoint, Socket> listen, TimeProvider time, ILoggerFactory logging)
    {
        _nodeName = nodeName;
        _failed = failed;
        _listen = listen;
        _time = time;
        _logging = logging;
        _logger = logging.CreateLogger<ServiceHealthChecks>();
        _page = new ServiceHealthPage(health, _logger);
    }

    /// <summary>How long until something that failed should be tried again; null when nothing should.</summary>
    public TimeSpan? DueIn
    {
        get
        {
            TimeSpan? due = null;
            foreach (var listener in _listeners.Values)
            {
                if (listener.RetryAt is not { } at) continue;
                var wait = _time.GetElapsedTime(_time.GetTimestamp(), at);
                if (due is null || wait < due) due = wait > TimeSpan.Zero ? wait : TimeSpan.Zero;
            }

            return due;
        }
    }

    /// <summary>Closes what is not wanted any more, then opens what is new, and what failed before and is due again.</summary>
    public async Task ApplyAsync(HealthCheckChanges changes, CancellationToken ct)
    {
        // All closing comes before all opening, because a port may go from one Service to another.
        foreach (var (key, _) in changes.Checks) await CloseAsync(key);
        foreach (var (family, addresses) in changes.Addresses)
        {
            _addresses[family] = addresses;
            foreach (var listener in Listeners(family)) await listener.TrimAsync(EndPoints(listener.Check));
        }

        foreach (var (family, _) in changes.Addresses)
        {
            foreach (var listener in Listeners(family)) await ExtendAsync(listener);
        }

        foreach (var (key, check) in changes.Checks)
        {
            if (check is null) continue;
            Log.Opening(_logger, check.Service, check.Port, check.Family);
            _server ??= await HealthCheckServer.StartAsync(_page, _logging, ct);
            var listener = new HealthCheckListener(check, Open);
            _listeners.Add(key, listener);
            await ExtendAsync(listener);
        }

        foreach (var listener in _listeners.Values.Where(IsDue)) await ExtendAsync(listener);
    }

    /// <summary>Closes everything and stops the server.</summary>
    public async Task CloseAsync()
    {
        foreach (var key in _listeners.Keys.ToList()) await CloseAsync(key);
        if (_server is not null) await _server.DisposeAsync();
        _server = null;
    }

    private IEnumerable<HealthCheckListener> Listeners(IpFamily family) => _listeners.Values.Where(listener => listener.Check.Family == family);

    private bool IsDue(HealthCheckListener listener) => listener.RetryAt <= _time.GetTimestamp();

    private async Task CloseAsync((ObjectKey Service, IpFamily Family) key)
    {
        if (!_listeners.Remove(key, out var listener)) return;
        Log.Closing(_logger, key.Service, listener.Check.Port, key.Family);
        await listener.CloseAsync();
    }

    private async Task ExtendAsync(HealthCheckListener listener)
    {
        if (await listener.ExtendAsync(EndPoints(listener.Check)) is not { } failure)
        {
            listener.Failures = 0;
            listener.RetryAt = null;
            return;
        }

        var doubled = FirstRetry * Math.Pow(2, Math.Min(listener.Failures++, 10));
        var retry = doubled < LastRetry ? doubled : LastRetry;
        listener.RetryAt = _time.GetTimestamp() + (long)(retry.TotalSeconds * _time.TimestampFrequency);

        var (service, port) = (listener.Check.Service, listener.Check.Port);
        var network = listener.Check.Family == IpFamily.IPv4 ? "tcp4" : "tcp6";
        var error = $"listen {network} {failure.Address}: {failure.Error.Message}";
        Log.FailedToStart(_logger, error, _nodeName, service, port, GoDuration.Format(retry));
        _failed(service, $"node {_nodeName} failed to start healthcheck \"{service}\" on port {port}: {error}");
    }

    private HealthCheckSocket Open(IPEndPoint address, HealthCheckListener listener)
    {
        var server = _server!; // started before there is a listener
        return new HealthCheckSocket(address, _listen(address), (socket, ct) => server.AddAsync(socket, listener, ct), _time, _logger);
    }

    private ImmutableArray<IPEndPoint> EndPoints(ServiceHealthCheck check)
    {
        if (!_addresses.TryGetValue(check.Family, out var addresses)) return [];
        if (addresses.MatchesAll) return [new IPEndPoint(check.Family == IpFamily.IPv4 ? IPAddress.Any : IPAddress.IPv6Any, check.Port)];
        return
        [
            .. addresses.Addresses.Select(static address => IPAddress.Parse(address.ToString()))
                .Where(static address => !address.IsIPv6LinkLocal) // means nothing without an interface
                .Select(address => new IPEndPoint(address, check.Port)),
        ];
    }
}
