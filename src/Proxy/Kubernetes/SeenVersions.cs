using Shunt.Proxy.Sources.Decoding;
using Shunt.Proxy.State;

namespace Shunt.Proxy.Kubernetes;

/// <summary>
/// The version of each object that was last passed on, so that an event that comes twice or late does not bring back the past. Needs
/// numeric resourceVersions, which Kubernetes guarantees (KEP-5504); an object without one is never held back.
/// </summary>
internal sealed class SeenVersions
{
    private const int MaxDeleted = 1024;

    private readonly Dictionary<ObjectKey, ulong> _versions = [];
    private readonly Queue<(ObjectKey Key, ulong Version)> _deleted = new();

    /// <summary>Forgets everything, before a list of that many objects is noted: a list is the truth, also when it is older.</summary>
    public void Clear(int objects)
    {
        _versions.Clear();
        _versions.EnsureCapacity(objects);
        _deleted.Clear();
    }

    /// <summary>Notes a version that was passed on.</summary>
    public void Note(in Decoded decoded)
    {
        if (decoded.Version != 0) _versions[decoded.Key] = decoded.Version;
    }

    /// <summary>Notes a deletion. The last ones are remembered, for late news of the deleted object.</summary>
    public void NoteDeleted(in Decoded decoded)
    {
        if (decoded.Version == 0)
        {
            _versions.Remove(decoded.Key);
            return;
        }

        _versions[decoded.Key] = decoded.Version;
        _deleted.Enqueue((decoded.Key, decoded.Version));
        if (_deleted.Count <= MaxDeleted) return;
        var (key, version) = _deleted.Dequeue();
        if (_versions.TryGetValue(key, out var now) && now == version) _versions.Remove(key);
    }

    /// <summary>The change is not news: this version or a later one was passed on.</summary>
    public bool IsOldChange(in Decoded decoded) =>
        decoded.Version != 0 && _versions.TryGetValue(decoded.Key, out var seen) && decoded.Version <= seen;

    /// <summary>The deletion is of an earlier object of the same name.</summary>
    public bool IsOldDeletion(in Decoded decoded) =>
        decoded.Version != 0 && _versions.TryGetValue(decoded.Key, out var seen) && decoded.Version < seen;
}
