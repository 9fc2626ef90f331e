using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;

namespace Shunt.Proxy.Health;

/// <summary>
/// The sockets and connections of one health check. Opened and closed by one task; connections come and go on any thread.
/// </summary>
internal sealed class HealthCheckListener
{
    private readonly Func<IPEndPoint, HealthCheckListener, HealthCheckSocket> _open;
    private readonly Dictionary<IPEndPoint, HealthCheckSocket> _sockets = [];
    private readonly Lock _lock = new();
    private readonly HashSet<ConnectionContext> _connections = [];
    private bool _isClosed;

    /// <summary>Does not listen yet.</summary>
    /// <param name="check">What it is for.</param>
    /// <param name="open">Opens a socket; throws <see cref="SocketException"/>.</param>
    public HealthCheckListener(ServiceHealthCheck check, Func<IPEndPoint, HealthCheckListener, HealthCheckSocket> open)
    {
        Check = check;
        _open = open;
    }

    /// <summary>What it is for.</summary>
    public ServiceHealthCheck Check { get; }

    /// <summary>How often in a row it could not listen everywhere it should.</summary>
    public int Failures { get; set; }

    /// <summary>When to try again to listen, as a timestamp of the clock; null while it listens everywhere it should.</summary>
    public long? RetryAt { get; set; }

    /// <summary>Stops listening at addresses that are not among these.</summary>
    public async Task TrimAsync(ImmutableArray<IPEndPoint> addresses)
    {
        foreach (var address in _sockets.Keys.Where(address => !addresses.Contains(address)).ToList())
        {
            _sockets.Remove(address, out var socket);
            await socket!.DisposeAsync(); // its key was there
        }
    }

    /// <summary>
    /// Listens at these addresses where it does not yet. A check that listened nowhere before listens at all of them or at none; one that did
    /// keeps what it has.
    /// </summary>
    /// <returns>Null, or the first failure and its address.</returns>
    public async Task<(IPEndPoint Address, SocketException Error)?> ExtendAsync(ImmutableArray<IPEndPoint> addresses)
    {
        var allOrNone = _sockets.Count == 0;
        foreach (var address in addresses)
        {
            if (_sockets.ContainsKey(address)) continue;
            try
            {
                _sockets.Add(address, _open(address, this));
            }
            catch (SocketException e)
            {
                if (allOrNone) await TrimAsync([]);
                return (address, e);
            }
        }

        return null;
    }

    /// <summary>Stops listening and cuts the connections, for good.</summary>
    public async Task CloseAsync()
    {
        ImmutableArray<ConnectionContext> cut;
        lock (_lock)
        {
            _isClosed = true;
            cut = [.. _connections];
        }

        await TrimAsync([]);
        foreach (var connection in cut) connection.Abort();
    }

    /// <summary>A connection is about to be served.</summary>
    /// <returns>False when it must not be, because this is closed.</returns>
    public bool TryEnter(ConnectionContext connection)
    {
        lock (_lock) return !_isClosed && _connections.Add(connection);
    }

    /// <summary>A connection has ended.</summary>
    public void Leave(ConnectionContext connection)
    {
        lock (_lock) _connections.Remove(connection);
    }
}
