namespace Shunt.Backends.Diff;

/// <summary>One step from an old sequence to a new one.</summary>
/// <param name="Kind">What is done.</param>
/// <param name="OldIndex">Where, counted in the old sequence.</param>
/// <param name="NewIndex">The element of the new sequence that comes to be there; -1 for a deletion.</param>
public readonly record struct SequenceStep(SequenceStepKind Kind, int OldIndex, int NewIndex);
