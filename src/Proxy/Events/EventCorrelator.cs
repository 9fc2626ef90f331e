using System.Globalization;

namespace Shunt.Proxy.Events;

/// <summary>
/// Makes one event with a count out of many that are equal, so that what happens ten thousand times costs a handful of requests. Holds a
/// bounded number; for any thread.
/// </summary>
internal sealed class EventCorrelator
{
    /// <summary>How many different events are remembered at most; more are dropped until some are old.</summary>
    public const int Capacity = 1024;

    /// <summary>How often at most the API server is told a new count.</summary>
    public static readonly TimeSpan SeriesInterval = TimeSpan.FromMinutes(5);

    /// <summary>How long an event has to stay away to be a new one when it comes again. kube-proxy's client library has the same.</summary>
    public static readonly TimeSpan SeriesEnd = TimeSpan.FromMinutes(6);

    /// <summary>How often to look whether something known happened again: nobody is told when it does.</summary>
    public static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(30);

    private const int MaxNameLength = 253; // of a Kubernetes object
    private const int MaxSuffixLength = 17;

    private readonly Lock _lock = new();
    private readonly Dictionary<ClusterEvent, EventEntry> _entries = [];
    private long _lastSuffix;

    /// <summary>An event happened.</summary>
    /// <returns>The entry, when the API server does not know the event; null when it has been counted, or there was no room for it.</returns>
    public EventEntry? Add(ClusterEvent e, DateTimeOffset now, out bool isDropped)
    {
        isDropped = false;
        lock (_lock)
        {
            if (_entries.TryGetValue(e, out var known) && now - known.LastObserved < SeriesEnd)
            {
                known.Count++;
                known.LastObserved = now;
                return null;
            }

            if (_entries.Count >= Capacity) Forget(now);
            isDropped = _entries.Count >= Capacity && known is null;
            if (isDropped) return null;
            return _entries[e] = new EventEntry { Event = e, Name = NextName(e.Regarding.Name, now), Time = now, LastObserved = now };
        }
    }

    /// <summary>The API server could not be told of the event: it will be told of the next.</summary>
    public void Remove(EventEntry entry)
    {
        lock (_lock)
        {
            if (_entries.TryGetValue(entry.Event, out var known) && ReferenceEquals(known, entry)) _entries.Remove(entry.Event);
        }
    }

    /// <summary>How often the event has happened, and when last.</summary>
    public (int Count, DateTimeOffset Last) Read(EventEntry entry)
    {
        lock (_lock) return (entry.Count, entry.LastObserved);
    }

    /// <summary>The API server has been told this count.</summary>
    public void Sent(EventEntry entry, int count, DateTimeOffset now)
    {
        lock (_lock)
        {
            entry.CountSent = count;
            entry.LastSent = now;
        }
    }

    /// <summary>An event that the API server should be told a new count of; null when there is none yet. Forgets what is old.</summary>
    /// <param name="now">The time.</param>
    /// <param name="dueIn">How long until to look again; null for when there is a new event.</param>
    public EventEntry? Due(DateTimeOffset now, out TimeSpan? dueIn)
    {
        lock (_lock)
        {
            Forget(now);
            dueIn = _entries.Count == 0 ? null : LookInterval;
            foreach (var entry in _entries.Values)
            {
                if (entry.CountSent == 0 || entry.CountSent == entry.Count) continue;

                // That it happens again is said at once; how often, from time to time.
                var wait = entry.CountSent == 1 ? TimeSpan.Zero : entry.LastSent + SeriesInterval - now;
                if (wait <= TimeSpan.Zero) return entry;
                if (wait < dueIn) dueIn = wait;
            }
        }

        return null;
    }

    private void Forget(DateTimeOffset now)
    {
        foreach (var (e, entry) in _entries)
        {
            if (now - entry.LastObserved >= SeriesEnd && entry.CountSent == entry.Count) _entries.Remove(e);
        }
    }

    // Made of the time, as the client library's are, but two are never equal.
    private string NextName(string name, DateTimeOffset now)
    {
        var suffix = (now - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;
        _lastSuffix = suffix > _lastSuffix ? suffix : _lastSuffix + 1;
        if (name.Length > MaxNameLength - MaxSuffixLength) name = name[..(MaxNameLength - MaxSuffixLength)].TrimEnd('.', '-');
        return string.Create(CultureInfo.InvariantCulture, $"{name}.{_lastSuffix:x}");
    }
}
