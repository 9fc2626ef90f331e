using System.Collections.Immutable;

namespace Shunt.Model;

/// <summary>What is different between a snapshot and the last one that was committed: a hint that lets work be proportional to the change.</summary>
public sealed record DesiredStateDelta
{
    /// <summary>Nothing is known to be the same: everything must be compared.</summary>
    public static DesiredStateDelta Everything { get; } = new();

    /// <summary>The snapshot this is relative to; zero when it is relative to nothing.</summary>
    public long BaseVersion { get; init; }

    /// <summary>The Service ports that are new, different or gone since <see cref="BaseVersion"/>, in key order, each once.</summary>
    public ImmutableArray<ServicePortName> Changed { get; init; } = [];
}
