using System.Collections.Immutable;

namespace Shunt.Backends.Iptables;

/// <summary>The rules that belong to no Service, and the chains that must exist for those that do.</summary>
public sealed record IptablesBase
{
    /// <summary>The chains that must exist, whatever is in them, in the order they are made.</summary>
    public required ImmutableArray<ChainId> Chains { get; init; }

    /// <summary>The rules in built-in chains that lead to ours, in the order they are put on top.</summary>
    public required ImmutableArray<(IptablesTable Table, ReadOnlyMemory<byte> Rules)> Hooks { get; init; }

    /// <summary>The complete contents of the chains that hold nothing else.</summary>
    public required RuleBlock Fixed { get; init; }

    /// <summary>The rules that end nat KUBE-SERVICES: those that lead to the node ports. May be empty.</summary>
    public required ReadOnlyMemory<byte> Tail { get; init; }

    /// <summary>Equality of content.</summary>
    public bool Equals(IptablesBase? other) =>
        other is not null && Chains.AsSpan().SequenceEqual(other.Chains.AsSpan()) && SameHooks(Hooks, other.Hooks)
        && Fixed.Equals(other.Fixed) && Tail.Span.SequenceEqual(other.Tail.Span);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Chains.Length, Hooks.Length, Fixed, Tail.Length);

    private static bool SameHooks(
        ImmutableArray<(IptablesTable Table, ReadOnlyMemory<byte> Rules)> left, ImmutableArray<(IptablesTable Table, ReadOnlyMemory<byte> Rules)> right)
    {
        if (left.Length != right.Length) return false;
        for (var i = 0; i < left.Length; i++)
        {
            if (left[i].Table != right[i].Table || !left[i].Rules.Span.SequenceEqual(right[i].Rules.Span)) return false;
        }

        return true;
    }
}
