namespace Shunt.Proxy.Sync;

/// <summary>
/// Gives memory back to the system after much work: the first sync of ten thousand Services leaves as much garbage as it leaves rules, and a
/// garbage collector that sees no more work coming would keep both. Costs a full collection each time as much has been allocated as is in
/// use, so its share of the work is the same however large the cluster is.
/// </summary>
internal sealed class HeapTrimmer
{
    private const long MinAllocated = 32 << 20;

    private long _last;
    private long _inUse;

    /// <summary>The agent has nothing to do right now.</summary>
    /// <returns>Whether memory was given back.</returns>
    public bool Idle()
    {
        var allocated = GC.GetTotalAllocatedBytes();
        if (allocated - _last < Math.Max(MinAllocated, _inUse)) return false;
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        _last = allocated;
        _inUse = GC.GetTotalMemory(forceFullCollection: false);
        return true;
    }
}
