using System.Net;
using System.Net.Sockets;

namespace Shunt.Testing.Kubernetes;

/// <summary>A TCP relay that can stop passing bytes on without closing: to both sides the other looks alive and silent.</summary>
public sealed class FreezableRelay : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Uri _target;
    private readonly List<Task> _pumps = [];
    private readonly Task _accepting;
    private volatile int _generation;
    private int _accepted;

    /// <summary>Starts a relay to a server.</summary>
    public FreezableRelay(Uri target)
    {
        _target = target;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>Where to connect to.</summary>
    public Uri Url => new($"{_target.Scheme}://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");

    /// <summary>How many connections there have been.</summary>
    public int Accepted => Volatile.Read(ref _accepted);

    /// <summary>Freezes all connections there are; new ones work.</summary>
    public void Freeze() => _generation++;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await Task.WhenAll([_accepting, .. _pumps]).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            var client = await _listener.AcceptTcpClientAsync(_stop.Token);
            Interlocked.Increment(ref _accepted);
            var server = new TcpClient();
            await server.ConnectAsync(IPAddress.Loopback, _target.Port, _stop.Token);
            _pumps.Add(PumpAsync(client, server, _generation));
            _pumps.Add(PumpAsync(server, client, _generation));
        }
    }

    private async Task PumpAsync(TcpClient from, TcpClient to, int generation)
    {
        using (from)
        {
            var buffer = new byte[16 * 1024];
            while (await from.GetStream().ReadAsync(buffer, _stop.Token) is var length and > 0)
            {
                if (generation != _generation) await Task.Delay(Timeout.Infinite, _stop.Token);
                await to.GetStream().WriteAsync(buffer.AsMemory(0, length), _stop.Token);
            }
        }
    }
}
