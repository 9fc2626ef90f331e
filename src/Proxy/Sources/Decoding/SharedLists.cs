using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Shunt.Proxy.Sources.Decoding;

/// <summary>
/// Makes lists of what was read, and gives the same object for the same list of one element, most of the time: nearly all Services have one
/// port, and nearly all endpoints one hint, of few different ones. Bounded.
/// </summary>
internal sealed class SharedLists<T>
    where T : IEquatable<T>
{
    private const int MaxKnown = 4096;

    private readonly Dictionary<T, ImmutableArray<T>> _known = [];

    /// <summary>The list as it goes into an object.</summary>
    public ImmutableArray<T> Of(List<T> read) => read.Count switch
    {
        0 => [],
        1 => Of(read[0]),
        _ => ImmutableCollectionsMarshal.AsImmutableArray(read.ToArray()),
    };

    private ImmutableArray<T> Of(T single)
    {
        if (_known.TryGetValue(single, out var list)) return list;
        if (_known.Count >= MaxKnown) _known.Clear();
        return _known[single] = [single];
    }
}
