using System.Collections.Immutable;

namespace Shunt.Backends;

/// <summary>How the kernel differs from what it should be.</summary>
/// <param name="Changes">What would have to change, Service port by Service port: the first of it; empty when nothing has drifted.</param>
public sealed record Drift(ImmutableArray<ServiceChange> Changes)
{
    /// <summary>How many Service ports would have to change in all.</summary>
    public int Count { get; init; } = Changes.Length;

    /// <summary>The kernel is as it should be.</summary>
    public bool IsEmpty => Changes.IsEmpty;
}
