using System.Collections.Immutable;

namespace Shunt.Proxy.Health;

/// <summary>The proxy's health at one moment.</summary>
/// <param name="NodeEligible">The node is known and may get new connections.</param>
/// <param name="Families">The families that were started, IPv4 first; empty while none was.</param>
internal sealed record ProxyHealthReport(bool NodeEligible, ImmutableArray<FamilyHealth> Families)
{
    /// <summary>Every family is healthy. The node does not matter.</summary>
    public bool Healthy => Families.All(static family => family.Healthy);

    /// <summary>There are families, and each has been in force as desired at least once.</summary>
    public bool Ready => !Families.IsEmpty && Families.All(static family => family.Verified);

    /// <summary>When a family was last updated; year 1 while there is none, as in kube-proxy.</summary>
    public DateTimeOffset LastUpdated => Families.IsEmpty ? default : Families.Max(static family => family.LastUpdated);
}
