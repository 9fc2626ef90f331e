using System.Collections.Immutable;

namespace Shunt.Proxy.State;

/// <summary>
/// When the changes of endpoints that are not in force yet were triggered. A sync that fails forgets none of them, so the time it cost is
/// measured.
/// </summary>
internal sealed class TriggerTimes
{
    private Dictionary<ObjectKey, List<DateTimeOffset>> _times = [];

    /// <summary>A slice of the Service is new or different. When it is gone nothing is to be measured for the Service: its time is not known.</summary>
    /// <param name="service">The Service.</param>
    /// <param name="after">The slice as it is now; null when it is gone.</param>
    public void Changed(ObjectKey service, EndpointSliceObject? after)
    {
        if (after is null)
        {
            _times.Remove(service);
            return;
        }

        if (after.LastChangeTriggerTime is not { } time) return;
        if (!_times.TryGetValue(service, out var times)) _times.Add(service, times = []);
        times.Add(time);
    }

    /// <summary>All of them, and forgets them.</summary>
    public ImmutableArray<DateTimeOffset> Take()
    {
        if (_times.Count == 0) return [];
        ImmutableArray<DateTimeOffset> taken = [.. _times.Values.SelectMany(static times => times)];
        _times = [];
        return taken;
    }
}
