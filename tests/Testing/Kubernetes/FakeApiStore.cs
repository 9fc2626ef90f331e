using System.Text.Json.Nodes;

namespace Shunt.Testing.Kubernetes;

/// <summary>What a fake API server knows: objects, one version counter for all, and the changes it has not forgotten.</summary>
internal sealed class FakeApiStore
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, SortedDictionary<string, JsonObject>> _objects = [];
    private readonly List<FakeChange> _history = [];
    private readonly List<Action> _listeners = [];

    public long Version { get; private set; } = 100;

    public long Oldest { get; private set; }

    public void Put(string resource, JsonObject value)
    {
        lock (_lock)
        {
            var key = KeyOf(value);
            var before = Of(resource).GetValueOrDefault(key);
            value = (JsonObject)value.DeepClone();
            value["metadata"]!["resourceVersion"] = $"{++Version}";
            Of(resource)[key] = value;
            _history.Add(new FakeChange(Version, resource, before, value));
        }

        Notify();
    }

    public void Delete(string resource, string key)
    {
        lock (_lock)
        {
            if (!Of(resource).Remove(key, out var before)) return;
            _history.Add(new FakeChange(++Version, resource, before, null));
        }

        Notify();
    }

    /// <summary>Forgets all history: what watches from before now is told that its version is too old.</summary>
    public void Compact()
    {
        lock (_lock)
        {
            _history.Clear();
            Oldest = Version;
        }
    }

    /// <summary>All objects at this moment, and the moment.</summary>
    public (long Version, List<JsonObject> Objects) List(string resource)
    {
        lock (_lock) return (Version, [.. Of(resource).Values]);
    }

    public List<FakeChange> Since(string resource, long version)
    {
        lock (_lock) return [.. _history.Skip(FirstAfter(version)).Where(c => c.Resource == resource)];
    }

    public void Listen(Action listener)
    {
        lock (_lock) _listeners.Add(listener);
    }

    public void Unlisten(Action listener)
    {
        lock (_lock) _listeners.Remove(listener);
    }

    public void Notify()
    {
        List<Action> listeners;
        lock (_lock) listeners = [.. _listeners];
        foreach (var listener in listeners) listener();
    }

    /// <summary>Where the history after a version begins: it is in order, and may be long.</summary>
    private int FirstAfter(long version)
    {
        var (low, high) = (0, _history.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_history[middle].Version <= version) low = middle + 1;
            else high = middle;
        }

        return low;
    }

    private SortedDictionary<string, JsonObject> Of(string resource)
    {
        if (!_objects.TryGetValue(resource, out var objects)) _objects[resource] = objects = new SortedDictionary<string, JsonObject>(StringComparer.Ordinal);
        return objects;
    }

    private static string KeyOf(JsonObject value) => $"{value["metadata"]?["namespace"]}/{value["metadata"]?["name"]}";
}
