namespace Shunt.Backends.Nftables;

/// <summary>A kernel in which there is nothing, and that takes nothing: to plan without one.</summary>
public sealed class NftablesEmptyKernel : IKernel<NftablesProgram, NftablesDelta>
{
    /// <inheritdoc/>
    public ValueTask<NftablesProgram> ReadAsync(CancellationToken ct) => new(NftablesProgram.Nothing);

    /// <inheritdoc/>
    public ValueTask<KernelAnswer<NftablesDelta>> ApplyAsync(NftablesDelta delta, CancellationToken ct) => throw new NotSupportedException();

    /// <inheritdoc/>
    public ValueTask<bool> IsIntactAsync(NftablesProgram expected, CancellationToken ct) => new(false);

    /// <inheritdoc/>
    public ValueTask CleanupAsync(CancellationToken ct) => ValueTask.CompletedTask;
}
