using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Shunt.Model;
using Shunt.Proxy.State;
using Shunt.Proxy.Sync;

namespace Shunt.Proxy.Health;

/// <summary>
/// Answers load balancers that ask at a Service's <c>healthCheckNodePort</c> whether this node has endpoints of it. The sync loop tells what is
/// in force, which counts at once for the answers; a task of its own opens and closes the sockets, so that no sync waits for one.
/// </summary>
internal sealed class ServiceHealthChecks : ISyncObserver
{
    private readonly TimeProvider _time;
    private readonly HealthCheckListeners _listeners;
    private readonly ServiceHealthTracker _v4 = new(IpFamily.IPv4);
    private readonly ServiceHealthTracker _v6 = new(IpFamily.IPv6);
    private readonly List<(ObjectKey Service, ServiceHealthCheck? Check)> _changed = [];
    private readonly Dictionary<IpFamily, NodePortAddresses> _addresses = [];

    private readonly Lock _lock = new();
    private HealthCheckChanges _pending = new();

    // Says that something is pending; once is enough.
    private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Listens nowhere before <see cref="RunAsync"/>.</summary>
    /// <param name="nodeName">This node, for messages.</param>
    /// <param name="health">While the proxy is not healthy, no Service is.</param>
    /// <param name="failed">
    /// Told the Service and the reason whenever its check cannot be listened for: the event <c>FailedToStartServiceHealthcheck</c>. Must not throw.
    /// </param>
    /// <param name="time">The clock.</param>
    /// <param name="logging">Where loggers come from.</param>
    public ServiceHealthChecks(string nodeName, ProxyHealth health, Action<ObjectKey, string> failed, TimeProvider time, ILoggerFactory logging)
    {
        _time = time;
        _listeners = new HealthCheckListeners(nodeName, health, failed, address => Listen(address), time, logging);
    }

    /// <summary>Makes a socket that listens at an address; throws <see cref="SocketException"/>.</summary>
    public Func<IPEndPoint, Socket> Listen { get; init; } = HealthCheckSocket.Listen;

    /// <inheritdoc/>
    public void Succeeded(SyncReport report)
    {
        (report.Family == IpFamily.IPv4 ? _v4 : _v6).Apply(report, _changed);
        var addresses = report.Desired.NodePortAddresses;
        var moved = !addresses.Equals(_addresses.GetValueOrDefault(report.Family));
        if (_changed.Count == 0 && !moved) return;
        _addresses[report.Family] = addresses;
        lock (_lock)
        {
            foreach (var (service, check) in _changed) _pending.Checks[(service, report.Family)] = check;
            if (moved) _pending.Addresses[report.Family] = addresses;
        }

        _changed.Clear();
        _signal.Writer.TryWrite(true);
    }

    /// <summary>Opens and closes sockets as Services and addresses come and go, until cancelled; then closes them all.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        try
        {
            while (true)
            {
                await _listeners.ApplyAsync(TakePending(), ct);
                await WaitAsync(_listeners.DueIn, ct);
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // Asked to end.
        }
        finally
        {
            await _listeners.CloseAsync();
        }
    }

    private HealthCheckChanges TakePending()
    {
        lock (_lock)
        {
            var taken = _pending;
            _pending = new HealthCheckChanges();
            return taken;
        }
    }

    /// <summary>Waits until something is pending, but not longer than until something is due.</summary>
    private async Task WaitAsync(TimeSpan? due, CancellationToken ct)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var signalled = _signal.Reader.WaitToReadAsync(either.Token).AsTask();
        await Task.WhenAny(signalled, Task.Delay(due ?? Timeout.InfiniteTimeSpan, _time, either.Token));
        await either.CancelAsync();
        ct.ThrowIfCancellationRequested();
        _signal.Reader.TryRead(out _);
    }
}
