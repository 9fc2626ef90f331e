using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Shunt.Model;

namespace Shunt.Proxy.State;

/// <summary>The Services that changed, for one family, since its snapshot builder last asked.</summary>
internal sealed class PendingChanges(IpFamily family)
{
    // Emptying a set costs what it once held, so a big one (the first list) is let go instead.
    private const int KeepCapacity = 256;

    private readonly TriggerTimes _triggers = new();
    private Dictionary<ObjectKey, Pending> _services = [];

    /// <summary>The family: EndpointSlices of the other do not count.</summary>
    public IpFamily Family { get; } = family;

    /// <summary>What concerns every Service changed: this node's own object, or the networks cluster IPs come from.</summary>
    public bool SharedChanged { get; set; }

    /// <summary>How many Services changed.</summary>
    public int ServiceChanges { get; private set; }

    /// <summary>How many times an EndpointSlice changed.</summary>
    public int EndpointChanges { get; private set; }

    /// <summary>Nothing changed.</summary>
    public bool IsEmpty => _services.Count == 0 && !SharedChanged;

    /// <summary>A Service is new, different or gone. One that is back to what the builder last saw is pending no more.</summary>
    public void ServiceChanged(ObjectKey key, ServiceObject? before, ServiceObject? after)
    {
        ref var pending = ref CollectionsMarshal.GetValueRefOrAddDefault(_services, key, out var exists);
        if (!exists)
        {
            pending = new Pending(before, EndpointsToo: false);
            ServiceChanges++;
        }
        else if (!pending.EndpointsToo && Equals(pending.Before, after))
        {
            _services.Remove(key);
            ServiceChanges--;
        }
    }

    /// <summary>An EndpointSlice of the Service is new or different, or gone.</summary>
    /// <param name="key">The Service.</param>
    /// <param name="after">The slice as it is now; null when it is gone.</param>
    public void EndpointsChanged(ObjectKey key, EndpointSliceObject? after)
    {
        _triggers.Changed(key, after);
        EndpointChanges++;
        ref var pending = ref CollectionsMarshal.GetValueRefOrAddDefault(_services, key, out _);
        pending = pending with { EndpointsToo = true };
    }

    /// <summary>Moves the names to the end of <paramref name="names"/> and forgets everything.</summary>
    public void TakeInto(List<ObjectKey> names)
    {
        foreach (var (key, _) in _services) names.Add(key);
        if (_services.Count > KeepCapacity) _services = [];
        else _services.Clear();
        SharedChanged = false;
        ServiceChanges = EndpointChanges = 0;
    }

    /// <summary>Everything that was ever moved is in force: gives the times it was triggered at, and forgets them.</summary>
    public ImmutableArray<DateTimeOffset> TakeTriggerTimes() => _triggers.Take();

    /// <param name="Before">The Service as the builder last saw it.</param>
    /// <param name="EndpointsToo">Its endpoints changed, so a reverted Service is still pending.</param>
    private readonly record struct Pending(ServiceObject? Before, bool EndpointsToo);
}
