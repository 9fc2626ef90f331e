using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Shunt.Model;

/// <summary>
/// The policy: which endpoints of a Service port this node may use. Topology hints (KEP-2433, KEP-3015), internal and external traffic
/// policy, and terminating endpoints when nothing better is left (KEP-1669).
/// </summary>
public static class EndpointSelector
{
    /// <summary>What an endpoint must be to get into a list.</summary>
    private enum Criterion
    {
        Ready,
        ReadyForNode,
        ReadyForZone,
        Draining,
        LocalReady,
        LocalDraining,
    }

    /// <summary>Chooses among all endpoints of a Service port.</summary>
    /// <param name="port">The Service port, for its policies.</param>
    /// <param name="endpoints">All its endpoints in id order, whatever their condition; none is fine.</param>
    /// <param name="node">This node, for its name and zone.</param>
    /// <returns>The lists, in id order; a list that holds all endpoints is <paramref name="endpoints"/> itself.</returns>
    public static EndpointSelection Select(ServicePort port, ImmutableArray<Endpoint> endpoints, NodeInfo node)
    {
        if (endpoints.IsDefaultOrEmpty) return EndpointSelection.None;
        var found = new Survey(endpoints, node);
        if (!found.AnyUsable) return EndpointSelection.None;

        var clusterCriterion = found.ClusterCriterion;
        var cluster = port.UsesClusterEndpoints ? Filter(endpoints, clusterCriterion, node) : [];
        if (!port.UsesLocalEndpoints) return new EndpointSelection { Cluster = cluster, Reachable = cluster, HasAny = true };

        var localCriterion = found.AnyLocalReady ? Criterion.LocalReady : Criterion.LocalDraining;
        var local = Filter(endpoints, localCriterion, node);
        return new EndpointSelection
        {
            Cluster = cluster,
            Local = local,
            Reachable = port.UsesClusterEndpoints ? Union(endpoints, cluster, clusterCriterion, local, localCriterion, node) : local,
            HasAny = true,
        };
    }

    private static ImmutableArray<Endpoint> Filter(ImmutableArray<Endpoint> endpoints, Criterion criterion, NodeInfo node)
    {
        var count = 0;
        foreach (ref readonly var endpoint in endpoints.AsSpan())
        {
            if (Meets(endpoint, criterion, node)) count++;
        }

        if (count == 0) return [];
        if (count == endpoints.Length) return endpoints;

        var chosen = new Endpoint[count];
        var at = 0;
        foreach (ref readonly var endpoint in endpoints.AsSpan())
        {
            if (Meets(endpoint, criterion, node)) chosen[at++] = endpoint;
        }

        return ImmutableCollectionsMarshal.AsImmutableArray(chosen);
    }

    private static ImmutableArray<Endpoint> Union(
        ImmutableArray<Endpoint> endpoints,
        ImmutableArray<Endpoint> cluster,
        Criterion clusterCriterion,
        ImmutableArray<Endpoint> local,
        Criterion localCriterion,
        NodeInfo node)
    {
        var count = 0;
        foreach (ref readonly var endpoint in endpoints.AsSpan())
        {
            if (Meets(endpoint, clusterCriterion, node) || Meets(endpoint, localCriterion, node)) count++;
        }

        if (count == cluster.Length) return cluster;
        if (count == local.Length) return local;
        if (count == endpoints.Length) return endpoints;

        var union = new Endpoint[count];
        var at = 0;
        foreach (ref readonly var endpoint in endpoints.AsSpan())
        {
            if (Meets(endpoint, clusterCriterion, node) || Meets(endpoint, localCriterion, node)) union[at++] = endpoint;
        }

        return ImmutableCollectionsMarshal.AsImmutableArray(union);
    }

    private static bool Meets(in Endpoint endpoint, Criterion criterion, NodeInfo node) => criterion switch
    {
        Criterion.Ready => endpoint.Ready,
        Criterion.ReadyForNode => endpoint.Ready && Hints(endpoint.NodeHints, node.Name),
        Criterion.ReadyForZone => endpoint.Ready && Hints(endpoint.ZoneHints, node.Zone),
        Criterion.Draining => IsDraining(endpoint),
        Criterion.LocalReady => endpoint.IsLocal && endpoint.Ready,
        Criterion.LocalDraining => endpoint.IsLocal && IsDraining(endpoint),
        _ => false,
    };

    /// <summary>About to go, and still answering: better than nothing.</summary>
    private static bool IsDraining(in Endpoint endpoint) => endpoint.Serving && endpoint.Terminating;

    private static bool Hints(ImmutableArray<string> hints, string name)
    {
        if (hints.IsDefaultOrEmpty) return false;
        foreach (var hint in hints)
        {
            if (hint == name) return true;
        }

        return false;
    }

    /// <summary>What one look at all endpoints tells.</summary>
    private readonly ref struct Survey
    {
        private readonly bool _anyReady;
        private readonly bool _anyDraining;
        private readonly bool _someForNode;
        private readonly bool _someForZone;

        public Survey(ImmutableArray<Endpoint> endpoints, NodeInfo node)
        {
            var allHintNodes = true;
            var allHintZones = true;
            foreach (ref readonly var endpoint in endpoints.AsSpan())
            {
                if (!endpoint.Ready)
                {
                    _anyDraining |= IsDraining(endpoint);
                    continue;
                }

                _anyReady = true;
                AnyLocalReady |= endpoint.IsLocal;
                allHintNodes &= !endpoint.NodeHints.IsDefaultOrEmpty;
                allHintZones &= !endpoint.ZoneHints.IsDefaultOrEmpty;
                if (allHintNodes) _someForNode |= Hints(endpoint.NodeHints, node.Name);
                if (allHintZones) _someForZone |= Hints(endpoint.ZoneHints, node.Zone);
            }

            // A hint counts only if every ready endpoint has one: otherwise the controller has not caught up with all of them.
            _someForNode &= allHintNodes;
            _someForZone &= allHintZones;
        }

        public bool AnyLocalReady { get; }

        public bool AnyUsable => _anyReady || _anyDraining;

        public Criterion ClusterCriterion =>
            !_anyReady ? Criterion.Draining
            : _someForNode ? Criterion.ReadyForNode
            : _someForZone ? Criterion.ReadyForZone
            : Criterion.Ready;
    }
}
