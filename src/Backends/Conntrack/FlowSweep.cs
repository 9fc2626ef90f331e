namespace Shunt.Backends.Conntrack;

/// <summary>What became of a look at the tracked flows of one family.</summary>
/// <param name="Outcome">How it ended.</param>
/// <param name="Deleted">How many stale flows were deleted, also when it failed half-way.</param>
/// <param name="Reason">Why it failed or could not be; empty when all is well.</param>
public readonly record struct FlowSweep(FlowSweepOutcome Outcome, int Deleted, string Reason = "");
