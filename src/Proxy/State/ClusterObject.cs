using System.Collections.Immutable;

namespace Shunt.Proxy.State;

/// <summary>An API object, reduced to the fields the agent uses.</summary>
internal abstract record ClusterObject
{
    /// <summary>Which object this is.</summary>
    public required ObjectKey Key { get; init; }

    /// <summary>
    /// What is wrong with the object, each a sentence that names the field and the value ("spec.externalIPs[1]: \"x\" is not an IP
    /// address"); what is wrong has been left out of the other properties. Empty for a sound object.
    /// </summary>
    public ImmutableArray<string> Problems { get; init; } = [];

    /// <summary>The kind.</summary>
    public abstract ObjectKind Kind { get; }

    /// <summary>Equality of content, here and in every kind: lists are compared element by element.</summary>
    public virtual bool Equals(ClusterObject? other) =>
        other is not null && EqualityContract == other.EqualityContract && Key == other.Key
        && Problems.AsSpan().SequenceEqual(other.Problems.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => Key.GetHashCode();
}
