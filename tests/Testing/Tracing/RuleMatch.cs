namespace Shunt.Testing.Tracing;

/// <summary>One condition of a rule.</summary>
/// <param name="Option">The option that states it: <c>-s</c>, <c>--dport</c>, <c>--ctstate</c>.</param>
/// <param name="Value">Its value; empty for an option without one.</param>
/// <param name="Negated">It must not hold.</param>
internal readonly record struct RuleMatch(string Option, string Value, bool Negated);
