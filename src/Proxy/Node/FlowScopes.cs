using System.Collections.Immutable;
using Shunt.Backends.Conntrack;
using Shunt.Model;

namespace Shunt.Proxy.Node;

/// <summary>What of node and cluster tells whose a tracked flow was.</summary>
internal static class FlowScopes
{
    /// <summary>The scope for a snapshot.</summary>
    /// <param name="desired">The snapshot in force.</param>
    /// <param name="addresses">All addresses of this machine, of both families; empty when there are no node ports to tell.</param>
    /// <param name="nodePortsAtLoopback">Rules serve node ports at IPv4 loopback addresses (<c>--iptables-localhost-nodeports</c>).</param>
    public static FlowScope Of(DesiredState desired, ImmutableArray<IpAddr> addresses, bool nodePortsAtLoopback) => new()
    {
        NodeAddresses = addresses.ToHashSet(),
        NodePorts = desired.NodePortAddresses,
        NodePortsAtLoopback = nodePortsAtLoopback && desired.Family == IpFamily.IPv4, // no mode serves them at ::1
        ServiceCidrs = desired.ServiceCidrs,
    };
}
