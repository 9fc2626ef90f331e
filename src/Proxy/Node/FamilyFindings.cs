using System.Collections.Immutable;

namespace Shunt.Proxy.Node;

/// <summary>How the configuration fits the address families.</summary>
/// <param name="Errors">What must stop the agent.</param>
/// <param name="Warnings">What is probably not meant so.</param>
internal sealed record FamilyFindings(ImmutableArray<string> Errors, ImmutableArray<string> Warnings);
