using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Shunt.Proxy.Sources.Manifests;

/// <summary>
/// Says that something below a path may have changed: when the kernel reports it, and every so often in case it does not.
/// </summary>
internal sealed class FileChangeSignal : IDisposable
{
    // One slot: a second change before the first is looked at is the same news. FileSystemWatcher writes from its own thread.
    private readonly Channel<bool> _pending = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly FileSystemWatcher? _watcher;
    private readonly TimeProvider _time;
    private readonly TimeSpan _pollInterval;
    private readonly TimeSpan _debounce;

    /// <summary>Starts to watch.</summary>
    /// <param name="path">A directory, or a file: then the directory it is in is watched.</param>
    /// <param name="pollInterval">How often to look for changes that the kernel did not report.</param>
    /// <param name="debounce">How long to wait after a change for the writer to finish.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Is told when the path cannot be watched.</param>
    public FileChangeSignal(string path, TimeSpan pollInterval, TimeSpan debounce, TimeProvider time, ILogger logger)
    {
        _time = time;
        _pollInterval = pollInterval;
        _debounce = debounce;
        var whole = Path.GetFullPath(path);
        var directory = Directory.Exists(whole) ? whole : Path.GetDirectoryName(whole) ?? whole;
        FileSystemWatcher? watcher = null;
        try
        {
            watcher = new FileSystemWatcher(directory)
            {
                NotifyFilter = NotifyFilters.FileName | NotifyFilters.DirectoryName | NotifyFilters.LastWrite | NotifyFilters.Size,
            };
            watcher.Changed += Signal;
            watcher.Created += Signal;
            watcher.Deleted += Signal;
            watcher.Renamed += Signal;
            watcher.Error += Signal;
            watcher.EnableRaisingEvents = true;
            _watcher = watcher;
        }
        catch (Exception e) when (e is IOException or ArgumentException or UnauthorizedAccessException)
        {
            watcher?.Dispose();
            Log.ManifestsNotWatched(logger, e.Message, path, pollInterval);
        }
    }

    private void Signal(object sender, EventArgs e) => _pending.Writer.TryWrite(true);

    /// <summary>Waits for a change or for the poll interval, and after a change for the debounce time.</summary>
    /// <returns>True for a reported change, false when it is just time to look.</returns>
    public async Task<bool> WaitAsync(CancellationToken ct)
    {
        using var poll = new CancellationTokenSource(_pollInterval, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, poll.Token);
        try
        {
            await _pending.Reader.ReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (poll.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            return false;
        }

        await Task.Delay(_debounce, _time, ct);
        _pending.Reader.TryRead(out _);
        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => _watcher?.Dispose();
}
