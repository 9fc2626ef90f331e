using System.Collections.Immutable;
using Shunt.Model;

namespace Shunt.Backends;

/// <summary>A transaction made of units, each of one Service port or of what all share, that can be applied apart.</summary>
/// <typeparam name="TSelf">The mode's own type.</typeparam>
public interface IDelta<TSelf>
    where TSelf : class, IDelta<TSelf>
{
    /// <summary>Nothing to do.</summary>
    bool IsEmpty { get; }

    /// <summary>How many units there are.</summary>
    int Count { get; }

    /// <summary>Of a transaction of one unit: whose it is; null for one that belongs to no Service port.</summary>
    ServicePortName? Owner { get; }

    /// <summary>Of a transaction of one unit: nothing else works without it, so its refusal is a failure of all.</summary>
    bool IsEssential { get; }

    /// <summary>The first half of the units and the second; only for two units or more. The halves must be applied in this order.</summary>
    (TSelf First, TSelf Second) Split();

    /// <summary>Both transactions as one; the units of <paramref name="other"/> come later.</summary>
    TSelf Concat(TSelf other);

    /// <summary>The changes as a human would list them.</summary>
    /// <param name="limit">No more Service ports than this: text costs more than the change itself.</param>
    ImmutableArray<ServiceChange> Describe(int limit);

    /// <summary>Writes the transaction in the mode's own language.</summary>
    void WriteTo(TextWriter output);
}
