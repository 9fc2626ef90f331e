using System.Collections.Immutable;
using Shunt.Model;
using Shunt.Proxy.Options;

namespace Shunt.Proxy.Node;

/// <summary>Chooses how local pods are told from other sources.</summary>
internal static class LocalDetectors
{
    private const string NoOp = "Defaulting to no-op detect-local";

    /// <summary>The detectors the options ask for, as far as the data is there.</summary>
    /// <param name="options">The options.</param>
    /// <param name="node">The node: its pod networks are used in NodeCIDR mode.</param>
    /// <param name="primary">The family whose missing data is worth a note.</param>
    public static LocalDetection Choose(ShuntOptions options, NodeInfo node, IpFamily primary) => options.DetectLocalMode switch
    {
        DetectLocalMode.ClusterCidr => ByCidr(options.ClusterCidrs, primary,
            "Detect-local-mode set to ClusterCIDR, but no cluster CIDR specified for primary IP family"),
        DetectLocalMode.NodeCidr => ByCidr(node.PodCidrs, primary,
            "Detect-local-mode set to NodeCIDR, but no PodCIDR defined at node for primary IP family"),
        DetectLocalMode.BridgeInterface => Both(LocalDetector.ByBridge(options.PodBridgeInterface)),
        DetectLocalMode.InterfaceNamePrefix => Both(LocalDetector.ByInterfacePrefix(options.PodInterfaceNamePrefix)),
        _ => throw new ArgumentOutOfRangeException(nameof(options)),
    };

    private static LocalDetection Both(LocalDetector detector) => new(detector, detector, []);

    private static LocalDetection ByCidr(ImmutableArray<IpPrefix> cidrs, IpFamily primary, string missing)
    {
        var chosen = new LocalDetection(First(cidrs, IpFamily.IPv4), First(cidrs, IpFamily.IPv6), []);
        return chosen[primary].IsImplemented ? chosen : chosen with { Notes = [missing, NoOp] };
    }

    private static LocalDetector First(ImmutableArray<IpPrefix> cidrs, IpFamily family)
    {
        foreach (var cidr in cidrs)
        {
            if (cidr.Family == family) return LocalDetector.ByCidr(cidr);
        }

        return default;
    }
}
