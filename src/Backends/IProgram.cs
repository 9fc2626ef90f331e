using System.Collections.Immutable;

namespace Shunt.Backends;

/// <summary>A mode's program, as far as every mode has to say something about it.</summary>
/// <typeparam name="TDelta">The mode's transaction.</typeparam>
public interface IProgram<in TDelta>
{
    /// <summary>How large it is, table by table; empty for a mode without tables.</summary>
    /// <param name="written">The transaction that put it in force.</param>
    ImmutableArray<TableCount> Count(TDelta written);
}
