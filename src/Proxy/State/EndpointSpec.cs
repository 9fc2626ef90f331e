using System.Collections.Immutable;
using Shunt.Model;

namespace Shunt.Proxy.State;

/// <summary>One element of an EndpointSlice's <c>endpoints</c>.</summary>
/// <param name="Address">Its first address.</param>
internal readonly record struct EndpointSpec(IpAddr Address)
{
    /// <summary><c>conditions.ready</c>; unset means true.</summary>
    public bool Ready { get; init; }

    /// <summary><c>conditions.serving</c>; unset means true.</summary>
    public bool Serving { get; init; }

    /// <summary><c>conditions.terminating</c>; unset means false.</summary>
    public bool Terminating { get; init; }

    /// <summary><c>nodeName</c>; empty when unset.</summary>
    public string NodeName { get; init; } = "";

    /// <summary><c>hints.forZones[].name</c>; <c>default</c> when unset or empty.</summary>
    public ImmutableArray<string> ZoneHints { get; init; }

    /// <summary><c>hints.forNodes[].name</c>; <c>default</c> when unset or empty.</summary>
    public ImmutableArray<string> NodeHints { get; init; }

    /// <summary>Equality of content: the hints are compared element by element.</summary>
    public bool Equals(EndpointSpec other) =>
        Address == other.Address
        && Ready == other.Ready && Serving == other.Serving && Terminating == other.Terminating && NodeName == other.NodeName
        && SameHints(ZoneHints, other.ZoneHints) && SameHints(NodeHints, other.NodeHints);

    /// <inheritdoc/>
    public override int GetHashCode() => Address.GetHashCode();

    private static bool SameHints(ImmutableArray<string> left, ImmutableArray<string> right) =>
        left.IsDefault == right.IsDefault && (left.IsDefault || left.AsSpan().SequenceEqual(right.AsSpan()));
}
