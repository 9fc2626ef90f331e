using System.Diagnostics;
using System.Threading.Channels;

namespace Shunt.Testing.Agent;

/// <summary>A running agent and what it logs. Killed when disposed.</summary>
public sealed class RunningAgent : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Channel<string> _log = Channel.CreateUnbounded<string>();

    internal RunningAgent(string netNamespace, IReadOnlyList<string> command)
    {
        var start = new ProcessStartInfo("ip", ["netns", "exec", netNamespace, .. command]) { RedirectStandardError = true };
        _process = Process.Start(start)!; // null only with UseShellExecute
        _process.ErrorDataReceived += (_, e) =>
        {
            if (e.Data is null) _log.Writer.TryComplete();
            else _log.Writer.TryWrite(e.Data);
        };
        _process.BeginErrorReadLine();
    }

    /// <summary>Everything it has logged that somebody waited for, or past.</summary>
    public List<string> Seen { get; } = [];

    /// <summary>It has ended.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>Waits for the next line with some text in it.</summary>
    /// <exception cref="InvalidOperationException">The agent ended first; the message has its log.</exception>
    public async Task<string> WaitForAsync(string text, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        try
        {
            await foreach (var line in _log.Reader.ReadAllAsync(limit.Token))
            {
                Seen.Add(line);
                if (line.Contains(text, StringComparison.Ordinal)) return line;
            }
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            // Said below, with the log.
        }

        throw new InvalidOperationException($"no line with \"{text}\" in the log:\n{string.Join('\n', Seen)}");
    }

    /// <summary>Waits until it ends by itself; its exit code.</summary>
    public async Task<int> ExitAsync(CancellationToken ct)
    {
        await _process.WaitForExitAsync(ct);
        return _process.ExitCode;
    }

    /// <summary>Ends it at once, whatever it is doing.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) await KillAsync();
        _process.Dispose();
    }
}
