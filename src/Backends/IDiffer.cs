using Shunt.Model;

namespace Shunt.Backends;

/// <summary>Finds what has to change for one program to become another. Pure.</summary>
/// <typeparam name="TProgram">The mode's program.</typeparam>
/// <typeparam name="TDelta">The mode's transaction.</typeparam>
public interface IDiffer<TProgram, TDelta>
{
    /// <summary>Compares everything; <paramref name="observed"/> may be what was read from the kernel, with rules of nobody we know.</summary>
    TDelta Diff(TProgram observed, TProgram wanted);

    /// <summary>Compares just these Service ports of two programs of ours; the rest is known to be the same.</summary>
    TDelta Diff(TProgram observed, TProgram wanted, ReadOnlySpan<ServicePortName> changed);

    /// <summary>
    /// What is in force after <paramref name="wanted"/> was applied to <paramref name="observed"/> except for <paramref name="refused"/>: the
    /// part of a transaction that the kernel would not take.
    /// </summary>
    TProgram Without(TProgram observed, TProgram wanted, TDelta refused);
}
