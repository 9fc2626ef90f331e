using System.Collections.Immutable;

namespace Shunt.Model;

/// <summary>Which endpoints of a Service port this node may use, for each kind of traffic. All lists are in id order.</summary>
public sealed record EndpointSelection
{
    /// <summary>Nothing usable anywhere.</summary>
    public static EndpointSelection None { get; } = new();

    /// <summary>The endpoints for traffic whose policy is Cluster, after topology hints; empty for none.</summary>
    public ImmutableArray<Endpoint> Cluster { get; init; } = [];

    /// <summary>The endpoints for traffic whose policy is Local; empty for none, and when no traffic has that policy.</summary>
    public ImmutableArray<Endpoint> Local { get; init; } = [];

    /// <summary>The union of the two.</summary>
    public ImmutableArray<Endpoint> Reachable { get; init; } = [];

    /// <summary>There is a usable endpoint somewhere, maybe not one that this node may use.</summary>
    public bool HasAny { get; init; }

    /// <summary>Equality of content.</summary>
    public bool Equals(EndpointSelection? other) =>
        other is not null && HasAny == other.HasAny && Same(Cluster, other.Cluster) && Same(Local, other.Local) && Same(Reachable, other.Reachable);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(HasAny, Cluster.Length, Local.Length, Reachable.Length);

    private static bool Same(ImmutableArray<Endpoint> left, ImmutableArray<Endpoint> right) =>
        left == right || left.AsSpan().SequenceEqual(right.AsSpan());
}
