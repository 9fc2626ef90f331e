namespace Shunt.Backends.Nftables;

/// <summary>A rule that only some Services need, and that is added when the first of them comes: there are few, however many Services there are.</summary>
/// <param name="Kind">What for.</param>
/// <param name="Value">A number of endpoints, a timeout in seconds, or a prefix length.</param>
internal readonly record struct Demand(DemandKind Kind, int Value) : IComparable<Demand>
{
    /// <summary>For so many endpoints and fewer there are rules always.</summary>
    public const int UsualEndpoints = 16;

    /// <inheritdoc/>
    public int CompareTo(Demand other) => Kind == other.Kind ? Value.CompareTo(other.Value) : Kind.CompareTo(other.Kind);
}
