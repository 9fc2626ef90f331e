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
}
