using System.Collections.Immutable;

namespace Shunt.Backends;

/// <summary>What would have to change in the kernel, and the way to change it.</summary>
public abstract class Plan
{
    /// <summary>Nothing has to change: applying it executes nothing.</summary>
    public abstract bool IsEmpty { get; }

    /// <summary>The changes, Service port by Service port; what belongs to no Service comes first, under an empty name.</summary>
    public abstract ImmutableArray<ServiceChange> Changes { get; }

    /// <summary>Writes the transaction itself, in the mode's own language (iptables mode: input for iptables-restore).</summary>
    public abstract void WriteTo(TextWriter output);

    /// <summary>
    /// Makes the kernel so. A transaction that is refused is split until the culprits are alone; the rest is applied.
    /// </summary>
    /// <exception cref="KernelException">The kernel could not be asked, or refused everything: nothing is known about its state.</exception>
    public abstract ValueTask<ApplyResult> ApplyAsync(CancellationToken ct);
}
