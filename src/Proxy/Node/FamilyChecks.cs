using System.Collections.Immutable;
using Shunt.Model;
using Shunt.Proxy.Options;

namespace Shunt.Proxy.Node;

/// <summary>Finds configuration of the wrong address family: legal each by itself, but together it cannot be meant.</summary>
internal static class FamilyChecks
{
    private const string Incorrect = "kube-proxy configuration is incorrect: ";

    /// <summary>Looks at the networks in the options and at the node's.</summary>
    /// <param name="options">The options.</param>
    /// <param name="node">The node.</param>
    /// <param name="primary">The family of the node's first address.</param>
    /// <param name="dualStack">The kernel has both families.</param>
    public static FamilyFindings Check(ShuntOptions options, NodeInfo node, IpFamily primary, bool dualStack)
    {
        var errors = ImmutableArray.CreateBuilder<string>();
        var warnings = ImmutableArray.CreateBuilder<string>();
        var kind = dualStack ? $"{primary}-primary" : $"{primary}-only";
        var nodePorts = options.NodePortAddresses;
        if (nodePorts is { Primary: false, Cidrs.IsEmpty: true })
        {
            warnings.Add("nodePortAddresses is unset; NodePort connections will be accepted on all local IPs. "
                + "Consider using `--nodeport-addresses primary`");
        }
        else if (AllOfOtherFamily(nodePorts.Cidrs, primary))
        {
            warnings.Add($"cluster is {kind} but nodePortAddresses contains only addresses of the other family");
        }

        if (options.DetectLocalMode == DetectLocalMode.ClusterCidr && AllOfOtherFamily(options.ClusterCidrs, primary))
        {
            var text = $"cluster is {kind} but clusterCIDR contains only addresses of the other family";
            if (dualStack) warnings.Add(text);
            else errors.Add(Incorrect + text);
        }

        if (options.DetectLocalMode == DetectLocalMode.NodeCidr && AllOfOtherFamily(node.PodCidrs, primary))
        {
            errors.Add($"{Incorrect}cluster is {kind} but podCIDRs of node {node.Name} contains only addresses of the other family");
        }

        return new FamilyFindings(errors.ToImmutable(), warnings.ToImmutable());
    }

    private static bool AllOfOtherFamily(ImmutableArray<IpPrefix> cidrs, IpFamily family) =>
        !cidrs.IsEmpty && cidrs.All(cidr => cidr.Family != family);
}
