namespace Shunt.Proxy.Cli;

/// <summary>What <c>shunt plan</c> was asked.</summary>
/// <param name="Against">What to compare with.</param>
/// <param name="Output">How to print.</param>
internal sealed record PlanRequest(PlanAgainst Against, PlanOutput Output);
