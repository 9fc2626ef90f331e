using System.Collections.Immutable;

namespace Shunt.Model;

/// <summary>One Service port with the endpoints this node may use for it: the unit that is compiled, compared and replaced.</summary>
/// <param name="Port">The Service port.</param>
/// <param name="Selection">Its usable endpoints.</param>
public sealed record ServiceEndpoints(ServicePort Port, EndpointSelection Selection)
{
    /// <summary>All its endpoints, on any node, usable or not, in id order.</summary>
    public ImmutableArray<Endpoint> Endpoints { get; init; } = [];

    /// <summary>Equality of content.</summary>
    public bool Equals(ServiceEndpoints? other) =>
        other is not null && Port.Equals(other.Port) && Selection.Equals(other.Selection)
        && (Endpoints == other.Endpoints || Endpoints.AsSpan().SequenceEqual(other.Endpoints.AsSpan()));

    /// <inheritdoc/>
    public override int GetHashCode() => Port.GetHashCode();
}
