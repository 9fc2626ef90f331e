using Shunt.Model;

namespace Shunt.Proxy.Node;

/// <summary>How local pods are told, for both families.</summary>
/// <param name="IPv4">For IPv4; <c>default</c> when they cannot be told.</param>
/// <param name="IPv6">For IPv6; <c>default</c> when they cannot be told.</param>
internal sealed record LocalDetection(LocalDetector IPv4, LocalDetector IPv6)
{
    /// <summary>For one family.</summary>
    public LocalDetector this[IpFamily family] => family == IpFamily.IPv4 ? IPv4 : IPv6;
}
