using System.Collections.Immutable;
using Shunt.Model;

namespace Shunt.Backends.Iptables;

/// <summary>A transaction: what is shared, Service port by Service port, what is stale, and what ends shared chains.</summary>
public sealed class IptablesDelta : IDelta<IptablesDelta>
{
    internal IptablesDelta(ImmutableArray<DeltaUnit> units) => Units = units;

    /// <summary>Nothing to do.</summary>
    public static IptablesDelta Empty { get; } = new([]);

    /// <inheritdoc/>
    public bool IsEmpty => Units.IsEmpty;

    /// <inheritdoc/>
    public int Count => Units.Length;

    /// <inheritdoc/>
    public ServicePortName? Owner => Units.Length == 1 ? Units[0].Owner : null;

    /// <inheritdoc/>
    public bool IsEssential => Units.Length == 1 && Units[0].IsEssential;

    internal ImmutableArray<DeltaUnit> Units { get; }

    /// <inheritdoc/>
    public (IptablesDelta First, IptablesDelta Second) Split()
    {
        // What is shared goes alone: without it every half would be refused.
        var middle = Units[0].IsEssential ? 1 : Units.Length / 2;
        return (new IptablesDelta(Units[..middle]), new IptablesDelta(Units[middle..]));
    }

    /// <inheritdoc/>
    public IptablesDelta Concat(IptablesDelta other) => new(Units.AddRange(other.Units));

    /// <inheritdoc/>
    public ImmutableArray<ServiceChange> Describe(int limit) => IptablesDeltaDescription.Describe(this, limit);

    /// <inheritdoc/>
    public void WriteTo(TextWriter output) => IptablesText.WriteRestore(this, output);

    /// <summary>Whether anything is done to a table.</summary>
    internal bool Touches(IptablesTable table)
    {
        foreach (var unit in Units)
        {
            if (unit[table] is not null) return true;
        }

        return false;
    }

    /// <summary>The part that is about this table and those after it.</summary>
    internal IptablesDelta From(IptablesTable first)
    {
        var units = ImmutableArray.CreateBuilder<DeltaUnit>(Units.Length);
        foreach (var unit in Units)
        {
            var rest = unit.From(first);
            if (!rest.IsEmpty) units.Add(rest);
        }

        return new IptablesDelta(units.ToImmutable());
    }
}
