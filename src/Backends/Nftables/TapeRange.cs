namespace Shunt.Backends.Nftables;

/// <summary>Some records of a tape, one behind the other.</summary>
/// <param name="Tape">The tape.</param>
/// <param name="Start">Where the first is.</param>
/// <param name="End">Behind the last.</param>
internal readonly record struct TapeRange(ElementTape Tape, int Start, int End)
{
    /// <summary>There are none.</summary>
    public bool IsEmpty => Start == End;
}
