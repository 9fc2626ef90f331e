using System.Collections.Immutable;
using Shunt.Model;

namespace Shunt.Proxy.Node;

/// <summary>How local pods are told, for both families, and what is to be said about it.</summary>
/// <param name="IPv4">For IPv4; <c>default</c> when they cannot be told.</param>
/// <param name="IPv6">For IPv6; <c>default</c> when they cannot be told.</param>
/// <param name="Notes">What is normal but worth a line in the log.</param>
internal sealed record LocalDetection(LocalDetector IPv4, LocalDetector IPv6, ImmutableArray<string> Notes)
{
    /// <summary>For one family.</summary>
    public LocalDetector this[IpFamily family] => family == IpFamily.IPv4 ? IPv4 : IPv6;
}
