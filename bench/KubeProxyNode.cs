using System.Diagnostics;
using Shunt.Testing;
using Shunt.Testing.Network;

namespace Shunt.Bench;

/// <summary>The same Services in kube-proxy's layout, brought into a namespace by the tool that kube-proxy uses.</summary>
/// <param name="at">The namespace.</param>
/// <param name="layout">The layout.</param>
/// <param name="services">How many Services there are at first.</param>
internal sealed class KubeProxyNode(ScratchNamespace at, IKubeProxyLayout layout, int services)
{
    private const string LockVariable = "XTABLES_LOCKFILE";

    /// <summary>Loads everything.</summary>
    /// <returns>How long the tool took.</returns>
    public Task<TimeSpan> LoadAsync() => RunAsync(layout.Full(services));

    /// <summary>Changes something.</summary>
    /// <returns>How long the tool took.</returns>
    public async Task<TimeSpan> ChangeAsync(ClusterChange change, int number)
    {
        var wall = await RunAsync(layout.Change(change, number, services));
        if (change == ClusterChange.ServiceRemoved && layout.AfterRemoval(services + number) is { Length: > 0 } rest) await RunAsync(rest);
        return wall;
    }

    /// <summary>Removes everything.</summary>
    public async Task ClearAsync()
    {
        await RunAsync(layout.Clear());
        await Task.Delay(TimeSpan.FromMilliseconds(300)); // the kernel goes on freeing memory a while
    }

    /// <summary>Started from a thread in the namespace, as `ip netns exec` takes time of its own.</summary>
    private async Task<TimeSpan> RunAsync(string text)
    {
        // Whoever opens the lock file may have changed a table, and ours would be read again each time; on a node that is once in a while.
        Environment.SetEnvironmentVariable(LockVariable, Path.Combine(Path.GetTempPath(), "shunt-bench-xtables.lock"));
        try
        {
            var start = Stopwatch.GetTimestamp();
            (await at.Net.Run(() => CommandRunner.RunAsync(layout.Program, layout.Arguments, text, CancellationToken.None))).EnsureSuccess();
            return Stopwatch.GetElapsedTime(start);
        }
        finally
        {
            Environment.SetEnvironmentVariable(LockVariable, null);
        }
    }
}
