using System.Collections.Immutable;
using System.Net.NetworkInformation;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using Shunt.Model;
using Shunt.Netlink;
using Shunt.Netlink.Route;

namespace Shunt.Proxy.Node;

/// <summary>
/// Keeps the addresses of this machine current: the kernel tells when one comes or goes. Where it does not, they are looked at from time to
/// time.
/// </summary>
internal sealed class NodeAddressWatch : IDisposable
{
    /// <summary>How often to look when the kernel does not tell, and whether it does by now.</summary>
    public static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(30);

    /// <summary>How long to wait after a change for those that come with it: an interface brings several addresses.</summary>
    public static readonly TimeSpan Settle = TimeSpan.FromMilliseconds(100);

    private readonly Func<AddressMonitor> _open;
    private readonly Func<ImmutableArray<IpAddr>> _poll;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private AddressMonitor? _monitor;
    private bool _isPolling;

    // Replaced as a whole, by the task that watches; read by the sync loop and whoever else asks.
    private IpAddr[] _current = [];

    /// <summary>Subscribes and reads the addresses; <see cref="RunAsync"/> keeps them current.</summary>
    public NodeAddressWatch(TimeProvider time, ILogger logger)
        : this(AddressMonitor.Open, NodeAddresses.ReadWithoutNetlink, time, logger)
    {
    }

    /// <summary>As the other, with the ways to the kernel given.</summary>
    internal NodeAddressWatch(Func<AddressMonitor> open, Func<ImmutableArray<IpAddr>> poll, TimeProvider time, ILogger logger)
    {
        _open = open;
        _poll = poll;
        _time = time;
        _logger = logger;
        Refresh();
    }

    /// <summary>After <see cref="Current"/> became another. Called by the task that watches: it must be quick, and must not throw.</summary>
    public event Action? Changed;

    /// <summary>The addresses of all interfaces, of both families, sorted, each once. For any thread.</summary>
    public ImmutableArray<IpAddr> Current => ImmutableCollectionsMarshal.AsImmutableArray(Volatile.Read(ref _current));

    /// <summary>Keeps <see cref="Current"/> current until cancelled.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        try
        {
            while (true)
            {
                await WaitAsync(ct);
                Refresh();
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // Asked to end.
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _monitor?.Dispose();

    private async Task WaitAsync(CancellationToken ct)
    {
        if (_monitor is { } monitor)
        {
            try
            {
                await monitor.WaitAsync(ct);
                await Task.Delay(Settle, _time, ct);
                return;
            }
            catch (NetlinkException e)
            {
                GiveUp(e);
            }
        }

        await Task.Delay(PollInterval, _time, ct);
    }

    private void Refresh()
    {
        if (Read() is not { } addresses || addresses.AsSpan().SequenceEqual(_current)) return;
        Log.AddressesChanged(_logger, addresses.Length);
        Volatile.Write(ref _current, ImmutableCollectionsMarshal.AsArray(addresses)!); // it is not default
        Changed?.Invoke();
    }

    /// <returns>Null when they cannot be had right now; those that are known stay.</returns>
    private ImmutableArray<IpAddr>? Read()
    {
        try
        {
            _monitor ??= _open();
            var addresses = NodeAddresses.Read(_monitor);
            if (_isPolling) Log.AddressesWatched(_logger);
            _isPolling = false;
            return addresses;
        }
        catch (Exception e) when (e is NetlinkException or InvalidDataException)
        {
            GiveUp(e);
        }

        try
        {
            return _poll();
        }
        catch (NetworkInformationException e)
        {
            Log.AddressesUnknown(_logger, e.Message);
            return null;
        }
    }

    private void GiveUp(Exception reason)
    {
        _monitor?.Dispose();
        _monitor = null;
        if (!_isPolling) Log.AddressesNotWatched(_logger, reason.Message, PollInterval);
        _isPolling = true;
    }
}
