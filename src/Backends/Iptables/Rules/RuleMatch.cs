namespace Shunt.Backends.Iptables.Rules;

/// <summary>One match of a rule. What its parts mean depends on the kind.</summary>
/// <param name="Kind">Which match.</param>
internal readonly record struct RuleMatch(RuleMatchKind Kind)
{
    /// <summary><see cref="Value"/> of a <see cref="RuleMatchKind.Transport"/> match that takes every port.</summary>
    public const uint AnyPort = uint.MaxValue;

    /// <summary>The port, the probability as a multiple of 2^-31, the seconds, the bits of states, or the mark.</summary>
    public uint Value { get; init; }

    /// <summary>Which bits of the mark count.</summary>
    public uint Mask { get; init; }

    /// <summary>It matches what it otherwise would not.</summary>
    public bool IsNegated { get; init; }

    /// <summary>The comment, or the name of the list or counter.</summary>
    public ReadOnlyMemory<byte> Text { get; init; }
}
