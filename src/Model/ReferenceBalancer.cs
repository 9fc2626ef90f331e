using System.Collections.Immutable;

namespace Shunt.Model;

/// <summary>
/// The oracle: what may become of a packet, told from the policy of Services and not from anybody's rules, so that every backend can be held
/// against it. Where modes differ by design, this is iptables mode unless <see cref="TrafficRules.NftablesMode"/> says otherwise. It looks at
/// every Service: for tests and for explaining, not for traffic.
/// </summary>
public static class ReferenceBalancer
{
    /// <summary>All that may become of the packet: several endpoints, or several outcomes where Services are in conflict. Sorted, never empty.</summary>
    public static ImmutableArray<Verdict> Verdict(DesiredState state, TrafficRules rules, Packet packet)
    {
        var verdicts = new SortedSet<Verdict>();
        var services = Claimants(state, rules, packet);
        if (rules.NftablesMode && Any(services, packet, (service, packet) => IsBlocked(service.Port, state.Node, packet))) return [new Verdict(VerdictKind.Drop)];
        foreach (var service in services) AddTranslations(verdicts, service, Frontend.Address, state, rules, packet);
        if (verdicts.Count == 0 && ServesNodePorts(state.NodePortAddresses, rules, packet.Destination))
        {
            foreach (var service in services) AddTranslations(verdicts, service, Frontend.NodePort, state, rules, packet);
        }

        if (verdicts.Count == 0) verdicts = rules.NftablesMode ? NftablesRefusals(services, state, rules, packet) : Refusals(state, rules, packet);
        return verdicts.Count == 0 ? [new Verdict(VerdictKind.Unhandled)] : [.. verdicts];
    }

    /// <summary>How the packet may have found the Service.</summary>
    private enum Frontend
    {
        Address,
        NodePort,
    }

    /// <summary>The Services that may get the packet; a map has one value for a key, and so one Service for an address and one for a node port.</summary>
    private static IEnumerable<ServiceEndpoints> Claimants(DesiredState state, TrafficRules rules, Packet packet)
    {
        var services = state.Services.Values;
        if (!rules.NftablesMode) return services;
        return services.Where(service => IsAtClusterIp(service.Port, packet) || IsAtExternalFrontend(service.Port, packet, nodePorts: false)).Take(1)
            .Concat(services.Where(service => service.Port.Name.Protocol == packet.Protocol && IsAtNodePort(service.Port, packet)).Take(1));
    }

    private static void AddTranslations(
        SortedSet<Verdict> verdicts, ServiceEndpoints service, Frontend frontend, DesiredState state, TrafficRules rules, in Packet packet)
    {
        var port = service.Port;
        if (port.Name.Protocol != packet.Protocol) return;
        if (frontend == Frontend.NodePort)
        {
            if (IsAtNodePort(port, packet)) AddExternal(verdicts, service, state, rules, packet);
            return;
        }

        if (port.Port != packet.DestinationPort) return;
        if (port.ClusterIp == packet.Destination) AddInternal(verdicts, service, state, rules, packet);
        else if (port.ExternalIps.Contains(packet.Destination)) AddExternal(verdicts, service, state, rules, packet);
        else if (port.LoadBalancerVips.Contains(packet.Destination) && MayUseLoadBalancer(port, state.Node, packet.Source)) AddExternal(verdicts, service, state, rules, packet);
    }

    /// <summary>Traffic to the cluster IP. Strangers are masqueraded, since their packets may not come back through this node otherwise.</summary>
    private static void AddInternal(SortedSet<Verdict> verdicts, ServiceEndpoints service, DesiredState state, TrafficRules rules, in Packet packet) =>
        Add(verdicts, InternalEndpoints(service), IsMasqueradedAtClusterIps(rules, packet), state, rules, packet);

    private static bool IsMasqueradedAtClusterIps(TrafficRules rules, in Packet packet) =>
        rules.MasqueradeAll || (rules.LocalDetector.IsImplemented && !rules.IsFromLocalPod(packet));

    /// <summary>
    /// Traffic from outside, by an external IP, load-balancer IP or node port. Under policy Cluster everybody is masqueraded. Under policy
    /// Local the sender's address is kept and only this node's endpoints are used, but this node and its pods have access to all of
    /// them: they are inside the cluster already.
    /// </summary>
    private static void AddExternal(SortedSet<Verdict> verdicts, ServiceEndpoints service, DesiredState state, TrafficRules rules, in Packet packet)
    {
        // nftables mode asks for the address alone, which may be some other Service's cluster IP.
        var atClusterIp = rules.NftablesMode && IsMasqueradedAtClusterIps(rules, packet) && IsSomeClusterIp(state, packet.Destination);
        var selection = service.Selection;
        if (!service.Port.ExternalPolicyLocal) Add(verdicts, selection.Cluster, masquerade: true, state, rules, packet);
        else if (rules.IsFromLocalPod(packet)) Add(verdicts, selection.Cluster, atClusterIp, state, rules, packet);
        else if (rules.IsLocal(packet.Source)) Add(verdicts, selection.Cluster, masquerade: true, state, rules, packet);
        else Add(verdicts, selection.Local, atClusterIp, state, rules, packet);
    }

    /// <summary>
    /// An endpoint that reaches itself is always masqueraded, or it would answer to itself without the way back. What comes from elsewhere to
    /// an endpoint at the node's own address never leaves the node, and only what leaves it can be masqueraded.
    /// </summary>
    private static void Add(
        SortedSet<Verdict> verdicts, ImmutableArray<Endpoint> endpoints, bool masquerade, DesiredState state, TrafficRules rules, in Packet packet)
    {
        foreach (var endpoint in endpoints)
        {
            var stays = !packet.IsLocallyGenerated && rules.IsLocal(endpoint.Address);
            var masqueraded = !stays && (masquerade || (endpoint.Address == packet.Source && (!rules.NftablesMode || IsOnNode(state, endpoint, packet.Protocol))));
            verdicts.Add(new Verdict(VerdictKind.Translate, endpoint.Address, endpoint.Port, masqueraded));
        }
    }

    private static bool IsOnNode(DesiredState state, Endpoint endpoint, Protocol protocol) => state.Services.Values.Any(
        service => service.Port.Name.Protocol == protocol && service.Selection.Reachable.Any(other => other.IsLocal && (other.Address, other.Port) == (endpoint.Address, endpoint.Port)));

    private static bool IsSomeClusterIp(DesiredState state, IpAddr address) => state.Services.Values.Any(service => service.Port.ClusterIp == address);

    /// <summary>
    /// A packet for a load-balancer IP may come from the allowed networks. If the node itself is in one, its packets may have taken the
    /// load-balancer IP as their source, where that IP is bound to the node.
    /// </summary>
    private static bool MayUseLoadBalancer(ServicePort port, NodeInfo node, IpAddr source)
    {
        if (port.LoadBalancerSourceRanges.IsEmpty) return true;
        var nodeIsAllowed = false;
        foreach (var range in port.LoadBalancerSourceRanges)
        {
            if (range.Contains(source)) return true;
            nodeIsAllowed |= range.Contains(node.Address(source.Family));
        }

        return nodeIsAllowed && port.LoadBalancerVips.Contains(source);
    }

    private static bool ServesNodePorts(NodePortAddresses addresses, TrafficRules rules, IpAddr destination)
    {
        if (destination.IsLoopback && !(destination.Family == IpFamily.IPv4 && rules.LocalhostNodePorts)) return false;
        return addresses.MatchesAll ? rules.IsLocal(destination) : addresses.Addresses.Contains(destination);
    }

    /// <summary>What becomes of a packet that no endpoint gets: the first reason that applies.</summary>
    private static SortedSet<Verdict> Refusals(DesiredState state, TrafficRules rules, in Packet packet)
    {
        // The kernel asks in three places: packets of the node's own on their way out, packets for the node, and packets passing through.
        var toNode = rules.IsLocal(packet.Destination);
        var passesOut = packet.IsLocallyGenerated || !toNode;
        var passesIn = toNode || !packet.IsLocallyGenerated;

        if (IsLocalhostIntrusion(rules, packet)) return [new Verdict(VerdictKind.Drop)];
        if (Any(state.Services.Values, packet, static (service, packet) => IsOutsideSourceRanges(service, packet))) return [new Verdict(VerdictKind.Drop)];

        var verdicts = new SortedSet<Verdict>();
        foreach (var service in state.Services.Values)
        {
            if (passesOut && IsAtClusterIp(service.Port, packet)) AddRefusal(verdicts, service, InternalEndpoints(service));
        }

        if (verdicts.Count > 0) return verdicts;
        if (toNode && Any(state.Services.Values, packet, static (service, packet) => IsHealthCheck(service.Port, packet))) return [new Verdict(VerdictKind.Accept)];
        foreach (var service in state.Services.Values)
        {
            if (passesIn && IsAtExternalFrontend(service.Port, packet, toNode)) AddRefusal(verdicts, service, ExternalEndpoints(service));
        }

        return verdicts;
    }

    /// <summary>The same in nftables mode.</summary>
    private static SortedSet<Verdict> NftablesRefusals(IEnumerable<ServiceEndpoints> services, DesiredState state, TrafficRules rules, in Packet packet)
    {
        var verdicts = new SortedSet<Verdict>();
        var nodePorts = ServesNodePorts(state.NodePortAddresses, rules, packet.Destination);
        foreach (var service in services)
        {
            if (IsAtClusterIp(service.Port, packet)) AddRefusal(verdicts, service, InternalEndpoints(service));
            else if (IsAtExternalFrontend(service.Port, packet, nodePorts)) AddRefusal(verdicts, service, ExternalEndpoints(service));
        }

        var destination = packet.Destination;
        if (verdicts.Count > 0 || (!packet.IsLocallyGenerated && rules.IsLocal(destination))) return verdicts;
        if (IsSomeClusterIp(state, destination)) verdicts.Add(new Verdict(VerdictKind.Reject));
        else if (state.ServiceCidrs.Any(cidr => cidr.Contains(destination))) verdicts.Add(new Verdict(VerdictKind.Drop));
        return verdicts;
    }

    /// <summary>No endpoints anywhere: say so. Some, but not for this traffic on this node: be silent, and the sender may try another node.</summary>
    private static void AddRefusal(SortedSet<Verdict> verdicts, ServiceEndpoints service, ImmutableArray<Endpoint> endpoints)
    {
        if (!service.Selection.HasAny) verdicts.Add(new Verdict(VerdictKind.Reject));
        else if (endpoints.IsEmpty) verdicts.Add(new Verdict(VerdictKind.Drop));
    }

    private static bool Any(IEnumerable<ServiceEndpoints> services, in Packet packet, Func<ServiceEndpoints, Packet, bool> matches)
    {
        foreach (var service in services)
        {
            if (matches(service, packet)) return true;
        }

        return false;
    }

    /// <summary>To make node ports work at 127.0.0.1 the kernel has to route such packets: nobody else may profit.</summary>
    private static bool IsLocalhostIntrusion(TrafficRules rules, in Packet packet) =>
        rules.LocalhostNodePorts && packet.Family == IpFamily.IPv4 && packet.Destination.IsLoopback && !packet.Source.IsLoopback;

    /// <summary>It is still for the load-balancer IP, so no allowed network had the sender.</summary>
    private static bool IsOutsideSourceRanges(ServiceEndpoints service, in Packet packet) =>
        service.Selection.HasAny && !service.Port.LoadBalancerSourceRanges.IsEmpty
        && HasPort(service.Port, packet) && service.Port.LoadBalancerVips.Contains(packet.Destination);

    /// <summary>The source ranges do not have the sender.</summary>
    private static bool IsBlocked(ServicePort port, NodeInfo node, in Packet packet) =>
        HasPort(port, packet) && port.ClusterIp != packet.Destination && port.LoadBalancerVips.Contains(packet.Destination) && !MayUseLoadBalancer(port, node, packet.Source);

    private static bool IsHealthCheck(ServicePort port, in Packet packet) =>
        port.HealthCheckNodePort != 0 && packet.Protocol == Protocol.Tcp && packet.DestinationPort == port.HealthCheckNodePort;

    private static bool IsAtClusterIp(ServicePort port, in Packet packet) => HasPort(port, packet) && port.ClusterIp == packet.Destination;

    private static bool IsAtExternalFrontend(ServicePort port, in Packet packet, bool nodePorts) =>
        (HasPort(port, packet) && (port.ExternalIps.Contains(packet.Destination) || port.LoadBalancerVips.Contains(packet.Destination)))
        || (nodePorts && port.Name.Protocol == packet.Protocol && IsAtNodePort(port, packet));

    private static bool HasPort(ServicePort port, in Packet packet) => port.Name.Protocol == packet.Protocol && port.Port == packet.DestinationPort;

    private static bool IsAtNodePort(ServicePort port, in Packet packet) => port.NodePort != 0 && port.NodePort == packet.DestinationPort;

    private static ImmutableArray<Endpoint> InternalEndpoints(ServiceEndpoints service) =>
        service.Port.InternalPolicyLocal ? service.Selection.Local : service.Selection.Cluster;

    private static ImmutableArray<Endpoint> ExternalEndpoints(ServiceEndpoints service) =>
        service.Port.ExternalPolicyLocal ? service.Selection.Local : service.Selection.Cluster;
}
