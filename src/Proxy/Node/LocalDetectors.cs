using System.Collections.Immutable;
using Shunt.Model;
using Shunt.Proxy.Options;

namespace Shunt.Proxy.Node;

/// <summary>Chooses how local pods are told from other sources.</summary>
internal static class LocalDetectors
{
    /// <summary>The detectors the options ask for, as far as the data is there.</summary>
    /// <param name="options">The options.</param>
    /// <param name="node">The node: its pod networks are used in NodeCIDR mode.</param>
    public static LocalDetection Choose(ShuntOptions options, NodeInfo node) => options.DetectLocalMode switch
    {
        DetectLocalMode.ClusterCidr => ByCidr(options.ClusterCidrs),
        DetectLocalMode.NodeCidr => ByCidr(node.PodCidrs),
        DetectLocalMode.BridgeInterface => Both(LocalDetector.ByBridge(options.PodBridgeInterface)),
        DetectLocalMode.InterfaceNamePrefix => Both(LocalDetector.ByInterfacePrefix(options.PodInterfaceNamePrefix)),
        _ => throw new ArgumentOutOfRangeException(nameof(options)),
    };

    private static LocalDetection Both(LocalDetector detector) => new(detector, detector);

    private static LocalDetection ByCidr(ImmutableArray<IpPrefix> cidrs) => new(First(cidrs, IpFamily.IPv4), First(cidrs, IpFamily.IPv6));

    private static LocalDetector First(ImmutableArray<IpPrefix> cidrs, IpFamily family)
    {
        foreach (var cidr in cidrs)
        {
            if (cidr.Family == family) return LocalDetector.ByCidr(cidr);
        }

        return default;
    }
}
