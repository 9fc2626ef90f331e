using System.Collections.Immutable;
using Shunt.Model;

namespace Shunt.Backends.Conntrack;

/// <summary>What must be known of node and cluster to tell whose a flow was.</summary>
public sealed record FlowScope
{
    /// <summary>
    /// All addresses of this node, of the family at least: a flow to a node's port is a Service's only if it goes to one of these. All of
    /// 127.0.0.0/8 is this node's without being here.
    /// </summary>
    public required IReadOnlySet<IpAddr> NodeAddresses { get; init; }

    /// <summary>At which of them node ports are served.</summary>
    public NodePortAddresses NodePorts { get; init; } = NodePortAddresses.Everywhere;

    /// <summary>Node ports are served at loopback addresses too, if <see cref="NodePorts"/> has them.</summary>
    public bool NodePortsAtLoopback { get; init; }

    /// <summary>
    /// The networks that cluster IPs come from: when everything is compared, a flow that was translated from an address in one of these and
    /// that no Service owns any more is stale. Empty to leave such flows alone.
    /// </summary>
    public ImmutableArray<IpPrefix> ServiceCidrs { get; init; } = [];

    /// <summary>The address is this node's.</summary>
    internal bool IsNodeAddress(IpAddr address) =>
        (address.Family == IpFamily.IPv4 && address.IsLoopback) || NodeAddresses.Contains(address);

    /// <summary>A packet to a node port at this address, which is this node's, is a Service's now.</summary>
    internal bool ServesNodePorts(IpAddr address) =>
        (!address.IsLoopback || NodePortsAtLoopback) && (NodePorts.MatchesAll || NodePorts.Addresses.Contains(address));

    internal bool IsServiceAddress(IpAddr address)
    {
        foreach (var cidr in ServiceCidrs)
        {
            if (cidr.Contains(address)) return true;
        }

        return false;
    }
}
