using Shunt.Backends;
using Shunt.Model;

namespace Shunt.Bench;

/// <summary>A mode in a network namespace, whatever its programs are made of.</summary>
internal interface IOpenMode : IDisposable
{
    /// <summary>A dataplane that knows nothing about the kernel yet.</summary>
    IDataplane NewDataplane();

    /// <summary>Compiles everything.</summary>
    void Generate(DesiredState desired);

    /// <summary>Reads the kernel.</summary>
    /// <returns>Compares what was there with all that is wanted, as often as it is called.</returns>
    ValueTask<Action> DiffWithKernelAsync(DesiredState desired);

    /// <summary>Compiles one snapshot and another that follows it.</summary>
    /// <returns>Compares what changed between them, as often as it is called.</returns>
    Action DiffOfChange(DesiredState before, DesiredState after);

    /// <summary>Removes everything from the kernel.</summary>
    void Clear();
}
