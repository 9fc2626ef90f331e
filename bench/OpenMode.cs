using Shunt.Backends;
using Shunt.Model;
using Shunt.Testing.Network;

namespace Shunt.Bench;

/// <summary>A mode in a network namespace.</summary>
/// <typeparam name="TProgram">The mode's program.</typeparam>
/// <typeparam name="TDelta">The mode's transaction.</typeparam>
/// <param name="at">The namespace.</param>
/// <param name="compiler">The mode's compiler.</param>
/// <param name="differ">The mode's differ.</param>
/// <param name="openKernel">Opens the kernel, in the calling thread's namespace.</param>
internal sealed class OpenMode<TProgram, TDelta>(
    ScratchNamespace at, ICompiler<TProgram> compiler, IDiffer<TProgram, TDelta> differ, Func<IKernel<TProgram, TDelta>> openKernel) : IOpenMode
    where TProgram : class, IProgram<TDelta>
    where TDelta : class, IDelta<TDelta>
{
    private readonly IKernel<TProgram, TDelta> _kernel = at.Net.Run(openKernel);

    /// <inheritdoc/>
    public IDataplane NewDataplane() => new Dataplane<TProgram, TDelta>("bench", IpFamily.IPv4, compiler, differ, _kernel);

    /// <inheritdoc/>
    public void Generate(DesiredState desired) => compiler.Compile(desired);

    /// <inheritdoc/>
    public async ValueTask<Action> DiffWithKernelAsync(DesiredState desired)
    {
        var observed = await _kernel.ReadAsync(CancellationToken.None);
        var wanted = compiler.Adopt(desired, observed);
        return () => differ.Diff(observed, wanted);
    }

    /// <inheritdoc/>
    public Action DiffOfChange(DesiredState before, DesiredState after)
    {
        var had = compiler.Compile(before);
        var wanted = compiler.Compile(after, had);
        return () => differ.Diff(had, wanted, after.Delta.Changed.AsSpan());
    }

    /// <summary>In the namespace, as it may open sockets of its own.</summary>
    public void Clear() => at.Net.Run(() => _kernel.CleanupAsync(CancellationToken.None).AsTask().GetAwaiter().GetResult());

    /// <inheritdoc/>
    public void Dispose() => (_kernel as IDisposable)?.Dispose();
}
