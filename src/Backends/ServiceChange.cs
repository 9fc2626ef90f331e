using System.Collections.Immutable;

namespace Shunt.Backends;

/// <summary>What a plan changes for one Service port.</summary>
/// <param name="Service">The Service port as text with its protocol (<c>ns/name:port/TCP</c>); empty for what belongs to no Service.</param>
/// <param name="Added">Rules, elements or servers that are new, as a human would list them.</param>
/// <param name="Removed">Those that go.</param>
public sealed record ServiceChange(string Service, ImmutableArray<string> Added, ImmutableArray<string> Removed);
