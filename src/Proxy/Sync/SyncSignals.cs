using System.Threading.Channels;
using Shunt.Backends;
using Shunt.Model;

namespace Shunt.Proxy.Sync;

/// <summary>What other threads tell the sync loop, which looks when it comes round: telling wakes it, costs nothing and never waits.</summary>
internal sealed class SyncSignals
{
    // One is as good as many: they say that something has to be looked at.
    private readonly Channel<bool> _wake =
        Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { SingleReader = true, FullMode = BoundedChannelFullMode.DropWrite });

    private readonly KernelChange?[] _kernelChanges = new KernelChange?[2];
    private bool _addressesChanged;

    /// <summary>An address of this machine came or went.</summary>
    public void AddressesChanged()
    {
        Volatile.Write(ref _addressesChanged, true);
        _wake.Writer.TryWrite(true);
    }

    /// <summary>Somebody else changed what is ours in the kernel. Of many changes of a family the first is kept: it says who began.</summary>
    public void KernelChanged(KernelChange change)
    {
        Interlocked.CompareExchange(ref _kernelChanges[Place(change.Family)], change, null);
        _wake.Writer.TryWrite(true);
    }

    /// <summary>To be called before looking: what comes from now on wakes.</summary>
    public void Rearm() => _wake.Reader.TryRead(out _);

    /// <summary>Whether addresses changed since this was last asked.</summary>
    public bool TakeAddressesChanged() => Interlocked.Exchange(ref _addressesChanged, false);

    /// <summary>How somebody changed the kernel since this was last asked; null when nobody did.</summary>
    public KernelChange? TakeKernelChange(IpFamily family) => Interlocked.Exchange(ref _kernelChanges[Place(family)], null);

    /// <summary>Ends when something has been told.</summary>
    public Task WaitAsync(CancellationToken ct) => _wake.Reader.WaitToReadAsync(ct).AsTask();

    private static int Place(IpFamily family) => family == IpFamily.IPv4 ? 0 : 1;
}
