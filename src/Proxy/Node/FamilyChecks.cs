using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Shunt.Model;
using Shunt.Proxy.Options;
using Shunt.Proxy.State;

namespace Shunt.Proxy.Node;

/// <summary>
/// Finds configuration of the wrong address family: legal each by itself, but together it cannot be meant. What is found, what of it is fatal,
/// and the wordings are kube-proxy's.
/// </summary>
internal static class FamilyChecks
{
    private const string Incorrect = "kube-proxy configuration is incorrect: ";

    /// <summary>Looks at the networks and addresses in the options and at the node's.</summary>
    /// <param name="options">The options.</param>
    /// <param name="node">The node.</param>
    /// <param name="primary">The family of the node's first address.</param>
    /// <param name="dualStack">The kernel has both families.</param>
    public static FamilyFindings Check(ShuntOptions options, NodeInfo node, IpFamily primary, bool dualStack)
    {
        var warnings = ImmutableArray.CreateBuilder<string>();
        if (NodePorts(options, node, primary) is { } nodePorts) warnings.Add(nodePorts);
        var mismatches = new List<string>();
        var isFatal = Mismatches(options, node, primary, dualStack, mismatches);
        if (mismatches.Count == 0) return new FamilyFindings([], warnings.ToImmutable());

        var text = mismatches.Count == 1 ? mismatches[0] : $"[{string.Join(", ", mismatches)}]";
        if (isFatal) return new FamilyFindings([Incorrect + text], warnings.ToImmutable());
        warnings.Add(text);
        return new FamilyFindings([], warnings.ToImmutable());
    }

    /// <summary>Node ports that are served at more addresses than the setting looks like. Null when there is nothing to say.</summary>
    private static string? NodePorts(ShuntOptions options, NodeInfo node, IpFamily primary)
    {
        var networks = NodePortAddressResolver.Networks(options.NodePortAddresses, node);
        if (networks.IsEmpty)
        {
            return "nodePortAddresses is unset; NodePort connections will be accepted on all local IPs. "
                + "Consider using `--nodeport-addresses primary`";
        }

        // Whether the cluster is dual-stack is not known yet, but something in the configuration may say so.
        var other = Other(primary);
        var saysDualStack = IsDualStack(options.ClusterCidrs) || IsDualStack(networks) || IsDualStack(node.PodCidrs);
        if (saysDualStack && AreAllOf(networks, primary))
        {
            return $"cluster appears to be dual-stack but nodePortAddresses contains only {primary} addresses; "
                + $"NodePort connections will be accepted on all local {other} IPs";
        }

        if (!AreAllOf(networks, other)) return null;
        return $"cluster appears to be {primary}-primary but nodePortAddresses contains only {other} addresses; "
            + $"NodePort connections will be accepted on all local {primary} IPs";
    }

    /// <summary>What is of the other family only. True when it must stop the agent.</summary>
    private static bool Mismatches(ShuntOptions options, NodeInfo node, IpFamily primary, bool dualStack, List<string> found)
    {
        var cluster = dualStack ? $"cluster is {primary}-primary" : $"cluster is {primary}-only";
        var other = Other(primary);
        var isFatal = false;
        if (AreAllOf(options.ClusterCidrs, other))
        {
            found.Add($"{cluster} but clusterCIDRs contains only {other} addresses");
            isFatal = options.DetectLocalMode == DetectLocalMode.ClusterCidr && !dualStack;
        }

        if (AreAllOf(node.PodCidrs, other))
        {
            found.Add($"{cluster} but node.spec.podCIDRs contains only {other} addresses");
            isFatal |= options.DetectLocalMode == DetectLocalMode.NodeCidr;
        }

        // These matter only where the other family is not there at all.
        if (dualStack) return isFatal;
        if (IsSpecified(options.HealthzBindAddress, other)) found.Add($"{cluster} but healthzBindAddress is {other}");
        if (IsSpecified(options.MetricsBindAddress, other)) found.Add($"{cluster} but metricsBindAddress is {other}");
        return isFatal;
    }

    private static IpFamily Other(IpFamily family) => family == IpFamily.IPv4 ? IpFamily.IPv6 : IpFamily.IPv4;

    private static bool AreAllOf(ImmutableArray<IpPrefix> cidrs, IpFamily family) =>
        !cidrs.IsEmpty && cidrs.All(cidr => cidr.Family == family);

    private static bool IsDualStack(ImmutableArray<IpPrefix> cidrs) =>
        cidrs.Any(static cidr => cidr.Family == IpFamily.IPv4) && cidrs.Any(static cidr => cidr.Family == IpFamily.IPv6);

    private static bool IsSpecified(IPEndPoint? bind, IpFamily family)
    {
        if (bind is null || bind.Address.Equals(IPAddress.Any) || bind.Address.Equals(IPAddress.IPv6Any)) return false;
        return bind.AddressFamily == (family == IpFamily.IPv4 ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6);
    }
}
