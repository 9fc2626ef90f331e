using Shunt.Model;

namespace Shunt.Proxy.Sync;

/// <summary>This node, as every sync sees it afresh.</summary>
/// <param name="Current">The node, from its object in the cluster and the options.</param>
/// <param name="NodePorts">Where a family's node ports are served, from the options and the machine's addresses.</param>
internal sealed record NodeView(Func<NodeInfo> Current, Func<NodeInfo, IpFamily, NodePortAddresses> NodePorts);
