using Shunt.Model;
using Shunt.Proxy.Sync;

namespace Shunt.Proxy.Modes;

/// <summary>
/// Removes, once, what other modes left in the kernel; not before what this mode wrote was read back and is as it should be, in every family, so
/// that taking over never leaves traffic without rules.
/// </summary>
/// <param name="remove">Removes it; must not throw for a reason that is not cancellation.</param>
internal sealed class LeftoverRemoval(Func<CancellationToken, Task> remove) : ISyncObserver
{
    private readonly HashSet<IpFamily> _missing = [];
    private readonly TaskCompletionSource _inForce = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>A family that has to be verified first; all of them are named before the first sync.</summary>
    public void WaitFor(IpFamily family) => _missing.Add(family);

    /// <inheritdoc/>
    /// <remarks>That the kernel took it is not enough: it is read back right after the first sync.</remarks>
    public void Succeeded(SyncReport report)
    {
    }

    /// <inheritdoc/>
    public void Verified(IpFamily family, int drifted)
    {
        if (drifted == 0 && _missing.Remove(family) && _missing.Count == 0) _inForce.TrySetResult();
    }

    /// <summary>Waits until all families are verified, and removes what others left.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        try
        {
            await _inForce.Task.WaitAsync(ct);
            await remove(ct);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // Asked to end; the next start does it.
        }
    }

    /// <summary>Removes what others left if all families are verified, and otherwise nothing.</summary>
    public Task RemoveIfVerifiedAsync(CancellationToken ct) => _inForce.Task.IsCompleted ? remove(ct) : Task.CompletedTask;
}
