using Shunt.Model;

namespace Shunt.Proxy.Metrics;

/// <summary>The label most metrics have.</summary>
internal static class FamilyLabel
{
    /// <summary>Its name.</summary>
    public const string Name = "ip_family";

    /// <summary>Its value for a family.</summary>
    public static string Of(IpFamily family) => family == IpFamily.IPv4 ? "IPv4" : "IPv6";
}
