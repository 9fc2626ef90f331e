using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace Shunt.Proxy.Demo;

/// <summary>The agent as it is shipped: this executable, as a process of its own, on the demo's node.</summary>
internal sealed class DemoAgent : IAsyncDisposable
{
    private static readonly TimeSpan EndPatience = TimeSpan.FromSeconds(5);

    private readonly Process _process;
    private readonly Task _reading;
    private readonly Lock _guard = new();
    private readonly List<string> _lines = [];

    private DemoAgent(Process process)
    {
        _process = process;
        _reading = Task.WhenAll(ReadAsync(process.StandardOutput), ReadAsync(process.StandardError));
    }

    /// <summary>The agent has ended, which it should not.</summary>
    public bool HasEnded => _process.HasExited;

    /// <summary>The arguments it is started with.</summary>
    public static string[] Arguments(DemoCluster cluster) =>
    [
        "run", "--from", cluster.Directory, "--hostname-override", DemoNetwork.NodeName, "--cluster-cidr", DemoNetwork.PodNetwork,
        "--iptables-min-sync-period", "100ms", "--v", "2",
    ];

    /// <summary>Starts it.</summary>
    /// <exception cref="DemoException">It cannot be started.</exception>
    public static DemoAgent Start(DemoNetwork network, DemoCluster cluster)
    {
        var start = DemoTool.Command("ip", ["netns", "exec", network.Node, .. ThisExecutable(), .. Arguments(cluster)]);
        try
        {
            return new DemoAgent(Process.Start(start)!); // null only with UseShellExecute
        }
        catch (Win32Exception e)
        {
            throw new DemoException($"cannot start the agent: {e.Message}", e);
        }
    }

    /// <summary>What it has logged since the last call, without time and process.</summary>
    public IReadOnlyList<string> TakeLines()
    {
        lock (_guard)
        {
            string[] taken = [.. _lines];
            _lines.Clear();
            return taken;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) await EndAsync();
        await _reading;
        _process.Dispose();
    }

    /// <summary>Ends it as Kubernetes would: SIGTERM, some patience, SIGKILL.</summary>
    private async Task EndAsync()
    {
        var pid = _process.Id.ToString(CultureInfo.InvariantCulture);
        await DemoTool.TryRunAsync("sh", ["-c", "kill -TERM \"$0\"", pid], "", CancellationToken.None);
        using var patience = new CancellationTokenSource(EndPatience, TimeProvider.System);
        try
        {
            await _process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync(CancellationToken.None);
        }
    }

    private async Task ReadAsync(StreamReader from)
    {
        while (await from.ReadLineAsync(CancellationToken.None) is { } line)
        {
            var message = line.IndexOf("] ", StringComparison.Ordinal) is >= 0 and var end ? line[(end + 2)..] : line;
            lock (_guard) _lines.Add(message);
        }
    }

    /// <summary>The program <c>shunt</c>, or <c>dotnet shunt.dll</c> when that, or a test, is what runs.</summary>
    private static string[] ThisExecutable()
    {
        var program = Environment.ProcessPath ?? "";
        var name = Path.GetFileNameWithoutExtension(program);
        return name == "shunt" ? [program] : [name == "dotnet" ? program : "dotnet", Path.Combine(AppContext.BaseDirectory, "shunt.dll")];
    }
}
