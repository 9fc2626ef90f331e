using System.Diagnostics;
using System.Globalization;
using System.Threading.Channels;
using Shunt.Testing.Network;

namespace Shunt.Bench;

/// <summary>A running agent, and what its log says of its syncs.</summary>
internal sealed class WholeAgentProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly Process _process;
    private readonly Channel<(int Services, int Changed)> _syncs = Channel.CreateUnbounded<(int Services, int Changed)>();
    private readonly Queue<string> _lastLines = new();

    private WholeAgentProcess(Process process)
    {
        _process = process;
        process.ErrorDataReceived += (_, e) => OnLine(e.Data);
        process.BeginErrorReadLine();
    }

    /// <summary>How many syncs of the IPv4 family it has reported.</summary>
    public int Syncs { get; private set; }

    /// <summary>Starts it in a namespace.</summary>
    public static WholeAgentProcess Start(ScratchNamespace at, string executable, params IReadOnlyList<string> arguments)
    {
        // ip becomes the agent: the process is the same.
        var start = new ProcessStartInfo("ip", ["netns", "exec", at.Name, executable, .. arguments]) { RedirectStandardError = true };
        return new WholeAgentProcess(Process.Start(start)!); // null only with UseShellExecute
    }

    /// <summary>What it has used so far.</summary>
    public ProcessUsage Usage() => ProcessUsage.Of(_process.Id);

    /// <summary>Waits until the first sync that has all Services.</summary>
    public Task SyncedAsync(int services) => UntilAsync(sync => sync.Services >= services);

    /// <summary>Waits until syncs have brought that many more Service ports into the kernel.</summary>
    public Task ChangedAsync(int changes) => UntilAsync(sync => (changes -= sync.Changed) <= 0);

    /// <summary>Waits until it has done what it does after a sync, such as reading the kernel back, and looks.</summary>
    public async Task<ProcessUsage> QuietAsync()
    {
        for (var before = Usage(); ; before = Usage())
        {
            await Task.Delay(TimeSpan.FromSeconds(3));
            var now = Usage();
            if (now.Children == 0 && now.Cpu + now.ChildrenCpu - before.Cpu - before.ChildrenCpu < TimeSpan.FromMilliseconds(50)) return now;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private async Task UntilAsync(Func<(int Services, int Changed), bool> isDone)
    {
        using var limit = new CancellationTokenSource(Patience);
        try
        {
            while (!isDone(await _syncs.Reader.ReadAsync(limit.Token)))
            {
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ChannelClosedException)
        {
            lock (_lastLines) throw new InvalidOperationException($"the agent did not sync; it said last:\n{string.Join('\n', _lastLines)}", e);
        }
    }

    private void OnLine(string? line)
    {
        if (line is null)
        {
            _syncs.Writer.TryComplete();
            return;
        }

        lock (_lastLines)
        {
            _lastLines.Enqueue(line);
            if (_lastLines.Count > 20) _lastLines.Dequeue();
        }

        if (!line.Contains("SyncProxyRules complete", StringComparison.Ordinal) || !line.Contains("ipFamily=\"IPv4\"", StringComparison.Ordinal)) return;
        Syncs++;
        _syncs.Writer.TryWrite((Field(line, "numServices="), Field(line, "numChanged=")));
    }

    private static int Field(string line, string name)
    {
        var rest = line.AsSpan(line.IndexOf(name, StringComparison.Ordinal) + name.Length);
        var end = rest.IndexOf(' ');
        return int.Parse(end < 0 ? rest : rest[..end], NumberStyles.None, CultureInfo.InvariantCulture);
    }
}
