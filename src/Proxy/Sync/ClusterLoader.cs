using System.Threading.Channels;
using Shunt.Proxy.State;

namespace Shunt.Proxy.Sync;

/// <summary>For commands that look at the cluster once: takes in events until its state is complete.</summary>
internal static class ClusterLoader
{
    /// <summary>Fills the cluster's state.</summary>
    /// <returns>False when it was not complete in time.</returns>
    public static async Task<bool> LoadAsync(
        ClusterState cluster, ChannelReader<WatchEvent> events, TimeSpan timeout, TimeProvider time, CancellationToken ct)
    {
        using var timer = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, timer.Token);
        try
        {
            while (!cluster.IsSynced) cluster.Apply(await events.ReadAsync(either.Token));
            return true;
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return false;
        }
        catch (ChannelClosedException)
        {
            await events.Completion; // throws what the source ended with, if it did not just end
            return false;
        }
    }
}
