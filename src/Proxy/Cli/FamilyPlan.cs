using Shunt.Backends;
using Shunt.Model;

namespace Shunt.Proxy.Cli;

/// <summary>The plan of one address family, for printing.</summary>
/// <param name="Family">The family.</param>
/// <param name="Mode">The dataplane's name.</param>
/// <param name="Plan">Its plan.</param>
internal sealed record FamilyPlan(IpFamily Family, string Mode, Plan Plan);
