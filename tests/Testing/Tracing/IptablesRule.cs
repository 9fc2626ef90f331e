using System.Collections.Immutable;

namespace Shunt.Testing.Tracing;

/// <summary>A rule as text says it: matches that must all hold, then a target and its arguments.</summary>
internal sealed class IptablesRule
{
    /// <summary>The line it came from.</summary>
    public required string Text { get; init; }

    /// <summary>What must hold.</summary>
    public required ImmutableArray<RuleMatch> Matches { get; init; }

    /// <summary>What happens then: a built-in target or a chain; empty for nothing.</summary>
    public required string Target { get; init; }

    /// <summary>The target's options and their values; an option without a value has an empty one.</summary>
    public required ImmutableDictionary<string, string> TargetOptions { get; init; }
}
