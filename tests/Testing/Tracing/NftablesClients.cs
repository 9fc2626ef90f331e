namespace Shunt.Testing.Tracing;

/// <summary>
/// Which endpoints clients with session affinity got: the map that packets write. What a trace writes takes effect only when it is said so,
/// since a trace takes every random branch, and a real packet but one.
/// </summary>
public sealed class NftablesClients
{
    private readonly Dictionary<string, uint> _known = [];
    private readonly Dictionary<string, HashSet<uint>> _learned = [];
    private readonly HashSet<string> _forgotten = [];

    /// <summary>How many are known.</summary>
    public int Count => _known.Count;

    /// <summary>Takes over what the last trace wrote, as if chance had taken the lowest number each time.</summary>
    public void Commit()
    {
        foreach (var client in _forgotten) _known.Remove(client);
        foreach (var (client, endpoints) in _learned) _known[client] = endpoints.Min();
        Begin();
    }

    internal void Begin()
    {
        _forgotten.Clear();
        _learned.Clear();
    }

    internal byte[]? Find(byte[] client) => _known.TryGetValue(Convert.ToHexString(client), out var endpoint) ? BitConverter.GetBytes(endpoint) : null;

    internal void Remember(byte[] client, uint endpoint)
    {
        var key = Convert.ToHexString(client);
        if (!_learned.TryGetValue(key, out var endpoints)) _learned.Add(key, endpoints = []);
        endpoints.Add(endpoint);
    }

    /// <summary>What was remembered until now; what the rules remember from now on counts.</summary>
    internal void Forget(byte[] client)
    {
        _forgotten.Add(Convert.ToHexString(client));
        _learned.Remove(Convert.ToHexString(client));
    }
}
