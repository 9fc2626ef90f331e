namespace Shunt.Backends;

/// <summary>The only thing of a mode that touches the world. Two implementations each: the real one, and one in memory.</summary>
/// <typeparam name="TProgram">The mode's program.</typeparam>
/// <typeparam name="TDelta">The mode's transaction.</typeparam>
public interface IKernel<TProgram, TDelta>
    where TDelta : class
{
    /// <summary>What is there now, ours or not.</summary>
    /// <exception cref="KernelException">It could not be read.</exception>
    ValueTask<TProgram> ReadAsync(CancellationToken ct);

    /// <summary>Applies a transaction, which is not empty.</summary>
    /// <exception cref="KernelException">It failed for a reason that is not in the transaction; part of it may be in force.</exception>
    ValueTask<KernelAnswer<TDelta>> ApplyAsync(TDelta delta, CancellationToken ct);

    /// <summary>A cheap look whether the parts of <paramref name="expected"/> that everything hangs from are there.</summary>
    /// <exception cref="KernelException">It could not be asked.</exception>
    ValueTask<bool> IsIntactAsync(TProgram expected, CancellationToken ct);

    /// <summary>Removes everything of ours and nothing else.</summary>
    /// <exception cref="KernelException">Something could not be removed.</exception>
    ValueTask CleanupAsync(CancellationToken ct);
}
