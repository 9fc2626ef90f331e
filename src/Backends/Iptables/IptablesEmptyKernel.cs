namespace Shunt.Backends.Iptables;

/// <summary>A kernel with nothing in it, for plans that are made without one: it cannot be written to.</summary>
public sealed class IptablesEmptyKernel : IKernel<IptablesProgram, IptablesDelta>
{
    /// <inheritdoc/>
    public ValueTask<IptablesProgram> ReadAsync(CancellationToken ct) => ValueTask.FromResult(IptablesProgram.Nothing);

    /// <inheritdoc/>
    public ValueTask<KernelAnswer<IptablesDelta>> ApplyAsync(IptablesDelta delta, CancellationToken ct) =>
        throw new KernelException("there is no kernel to write to");

    /// <inheritdoc/>
    public ValueTask<bool> IsIntactAsync(IptablesProgram expected, CancellationToken ct) => ValueTask.FromResult(true);

    /// <inheritdoc/>
    public ValueTask CleanupAsync(CancellationToken ct) => ValueTask.CompletedTask;
}
