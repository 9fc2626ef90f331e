using System.Diagnostics;
using Shunt.Testing.Network;

namespace Shunt.Bench;

/// <summary>The same Services in kube-proxy's layout, brought into a namespace by <c>nft</c>.</summary>
/// <param name="at">The namespace, which it owns.</param>
/// <param name="cluster">The cluster.</param>
/// <param name="services">How many Services it has at first.</param>
internal sealed class KubeProxyNode(ScratchNamespace at, SizedCluster cluster, int services) : IAsyncDisposable
{
    private readonly KubeProxyLayout _layout = new(cluster);

    /// <summary>Loads everything.</summary>
    /// <returns>How long nft took.</returns>
    public Task<TimeSpan> LoadAsync() => RunAsync(_layout.Full(services));

    /// <summary>Changes something.</summary>
    /// <returns>How long nft took.</returns>
    public async Task<TimeSpan> ChangeAsync(ClusterChange change, int number)
    {
        var wall = await RunAsync(_layout.Change(change, number, services));
        if (change == ClusterChange.ServiceRemoved) await RunAsync(KubeProxyLayout.DeleteChain(services + number));
        return wall;
    }

    /// <summary>Removes the table.</summary>
    public async Task ClearAsync()
    {
        await RunAsync("delete table ip kube-proxy\n");
        await Task.Delay(TimeSpan.FromMilliseconds(300));
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => at.DisposeAsync();

    private async Task<TimeSpan> RunAsync(string text)
    {
        var start = Stopwatch.GetTimestamp();
        (await at.RunAsync("nft", ["-f", "-"], text, CancellationToken.None)).EnsureSuccess();
        return Stopwatch.GetElapsedTime(start);
    }
}
