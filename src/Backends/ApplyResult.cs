using System.Collections.Immutable;

namespace Shunt.Backends;

/// <summary>What became of a plan that was applied.</summary>
/// <param name="Refused">The Service ports the kernel would not take; everything else is in force.</param>
/// <param name="BytesSent">How much was sent to the kernel; zero when nothing had to change.</param>
public sealed record ApplyResult(ImmutableArray<Refusal> Refused, long BytesSent)
{
    /// <summary>How large what is in force is, table by table; empty for a mode without tables.</summary>
    public ImmutableArray<TableCount> Tables { get; init; } = [];
}
