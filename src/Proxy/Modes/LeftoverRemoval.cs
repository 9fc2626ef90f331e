using Shunt.Model;
using Shunt.Proxy.Sync;

namespace Shunt.Proxy.Modes;

/// <summary>
/// Removes, once, what other modes left in the kernel; not before every family is in sync in this mode, so that taking over never leaves traffic
/// without rules.
/// </summary>
/// <param name="remove">Removes it; must not throw for a reason that is not cancellation.</param>
internal sealed class LeftoverRemoval(Func<CancellationToken, Task> remove) : ISyncObserver
{
    private readonly HashSet<IpFamily> _missing = [];
    private readonly TaskCompletionSource _inSync = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>A family that has to be in sync first; all of them are named before the first sync.</summary>
    public void WaitFor(IpFamily family) => _missing.Add(family);

    /// <inheritdoc/>
    public void Succeeded(SyncReport report)
    {
        if (_missing.Remove(report.Family) && _missing.Count == 0) _inSync.TrySetResult();
    }

    /// <summary>Waits until all families are in sync, and removes what others left.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        try
        {
            await _inSync.Task.WaitAsync(ct);
            await remove(ct);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // Asked to end; the next start does it.
        }
    }

    /// <summary>Removes what others left if all families are in sync, and otherwise nothing.</summary>
    public Task RemoveIfInSyncAsync(CancellationToken ct) => _inSync.Task.IsCompleted ? remove(ct) : Task.CompletedTask;
}
