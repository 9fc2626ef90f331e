using System.Collections.Immutable;
using Shunt.Proxy.State;

namespace Shunt.Proxy.Sources.Manifests;

/// <summary>The objects of all files together: one per key, only those an API server would send, and what changed from set to set.</summary>
internal sealed class ManifestSet
{
    private readonly Dictionary<(ObjectKind Kind, ObjectKey Key), ManifestEntry> _entries = [];
    private readonly HashSet<(ObjectKind Kind, ObjectKey Key)> _unreadable = [];

    private ManifestSet()
    {
    }

    /// <summary>How many objects there are.</summary>
    public int Count => _entries.Count;

    /// <summary>Puts entries together; of two with one key the later counts.</summary>
    /// <param name="entries">In order.</param>
    /// <param name="nodeName">This node; other Nodes are left out.</param>
    /// <param name="duplicate">Told of an entry and the later one that takes its place.</param>
    public static ManifestSet Of(IEnumerable<ManifestEntry> entries, string nodeName, Action<ManifestEntry, ManifestEntry> duplicate)
    {
        var set = new ManifestSet();
        var seen = new Dictionary<(ObjectKind, ObjectKey), ManifestEntry>();
        foreach (var entry in entries)
        {
            if (!entry.Decoded.HasKey) continue;
            if (entry.Kind == ObjectKind.Node && entry.Decoded.Key.Name != nodeName) continue;
            var key = (entry.Kind, entry.Decoded.Key);
            if (seen.TryGetValue(key, out var earlier)) duplicate(earlier, entry);
            seen[key] = entry;
        }

        foreach (var (key, entry) in seen)
        {
            if (entry.Decoded.Object is null) set._unreadable.Add(key);
            else if (!entry.Decoded.Hidden) set._entries.Add(key, entry);
        }

        return set;
    }

    /// <summary>The complete list of each kind, in the order of the files.</summary>
    public ImmutableArray<WatchEvent.Listed> ToListed() =>
    [
        .. Enum.GetValues<ObjectKind>().Select(kind => new WatchEvent.Listed(
            kind,
            [.. _entries.Values.Where(e => e.Kind == kind).Select(static e => e.Decoded.Object!)], // _entries holds sound ones only.
            [.. _unreadable.Where(u => u.Kind == kind).Select(static u => u.Key).Order()])),
    ];

    /// <summary>
    /// What a watch would have said between an earlier set and this one. An object that has become unreadable is taken over from the
    /// earlier set.
    /// </summary>
    public ImmutableArray<WatchEvent> ChangesSince(ManifestSet earlier)
    {
        foreach (var key in _unreadable)
        {
            if (earlier._entries.TryGetValue(key, out var lastGood)) _entries.Add(key, lastGood);
        }

        var changes = ImmutableArray.CreateBuilder<WatchEvent>();
        foreach (var key in earlier._entries.Keys)
        {
            if (!_entries.ContainsKey(key)) changes.Add(new WatchEvent.Deleted(key.Kind, key.Key));
        }

        foreach (var (key, entry) in _entries)
        {
            if (earlier._entries.TryGetValue(key, out var before) && before.ContentHash == entry.ContentHash) continue;
            changes.Add(new WatchEvent.Changed(entry.Decoded.Object!)); // _entries holds sound ones only.
        }

        return changes.DrainToImmutable();
    }
}
