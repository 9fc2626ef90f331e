using Shunt.Model;

namespace Shunt.Backends;

/// <summary>Turns desired state into a mode's own program. Pure: the same input gives the same bytes.</summary>
/// <typeparam name="TProgram">The mode's program: immutable, one fragment for each Service port.</typeparam>
public interface ICompiler<TProgram>
{
    /// <summary>Compiles everything.</summary>
    TProgram Compile(DesiredState desired);

    /// <summary>
    /// Compiles everything; what the mode is free to choose, numbers and orders, is chosen as in <paramref name="existing"/>, which may be what was
    /// read from the kernel, so that little has to change.
    /// </summary>
    TProgram Adopt(DesiredState desired, TProgram existing) => Compile(desired);

    /// <summary>
    /// Compiles what <see cref="DesiredState.Delta"/> names and takes the rest, by reference, from <paramref name="previous"/>: the program of
    /// the snapshot the delta is relative to. Gives what <see cref="Compile(DesiredState)"/> gives.
    /// </summary>
    TProgram Compile(DesiredState desired, TProgram previous);
}
