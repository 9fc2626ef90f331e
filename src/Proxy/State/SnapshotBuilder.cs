using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Shunt.Model;

namespace Shunt.Proxy.State;

/// <summary>
/// Turns what changed in the cluster into snapshots for one family. A change is forgotten only when the snapshot that has it is
/// committed, that is, in force. A snapshot costs what the changed Services cost, however many others there are.
/// </summary>
internal sealed class SnapshotBuilder
{
    private const int KeepCapacity = 256; // as in PendingChanges

    private readonly IpFamily _family;
    private readonly ClusterState _state;
    private readonly PendingChanges _pending;
    private readonly EndpointMerger _merger = new();
    private readonly Dictionary<ObjectKey, TrackedService> _tracked = [];
    private readonly List<ObjectKey> _names = [];
    private readonly ImmutableSortedDictionary<ServicePortName, ServiceEndpoints>.Builder _services =
        ImmutableSortedDictionary.CreateBuilder<ServicePortName, ServiceEndpoints>(null, ReferenceEqualityComparer.Instance);

    private HashSet<ServicePortName> _uncommitted = [];
    private DesiredState? _built;
    private Committed? _committed;
    private int _endpointCount;

    /// <param name="family">The family the snapshots are for.</param>
    /// <param name="state">The cluster, shared with the other family's builder.</param>
    public SnapshotBuilder(IpFamily family, ClusterState state)
    {
        _family = family;
        _state = state;
        _pending = state.Track(family);
    }

    /// <summary>External IPs of Services get rules: the feature gate AllowServiceExternalIPs.</summary>
    public bool AllowExternalIps { get; init; } = true;

    /// <summary>The cluster as it is now.</summary>
    /// <param name="node">This node.</param>
    /// <param name="nodePorts">Where node ports are served.</param>
    /// <returns>
    /// A snapshot whose delta is relative to the last one committed, or to nothing (<see cref="DesiredStateDelta.BaseVersion"/> zero) when
    /// none was, or when the node, its addresses or the networks of cluster IPs changed since, which concerns rules of every Service.
    /// </returns>
    public DesiredState Build(NodeInfo node, NodePortAddresses nodePorts)
    {
        _pending.TakeInto(_names);
        var reselect = _built is not null && (_built.Node.Name != node.Name || _built.Node.Zone != node.Zone);
        if (reselect)
        {
            foreach (var (key, _) in _tracked) _names.Add(key);
        }

        _tracked.EnsureCapacity(_names.Count); // the first list, all at once
        foreach (var key in _names) Update(key, node, reselect);
        _names.Clear();
        if (_names.Capacity > KeepCapacity) _names.Capacity = 0;
        var serviceCidrs = _state.ServiceCidrs(_family);
        _built = new DesiredState
        {
            Family = _family,
            Version = (_built?.Version ?? 0) + 1,
            Node = node,
            NodePortAddresses = nodePorts,
            ServiceCidrs = serviceCidrs,
            Services = _services.ToImmutable(),
            EndpointCount = _endpointCount,
            Delta = new DesiredStateDelta
            {
                BaseVersion = _committed is { } last && last.Fits(node, nodePorts, serviceCidrs) ? last.Version : 0,
                Changed = SortedUncommitted(),
            },
        };
        return _built;
    }

    /// <summary>The snapshot is in force: what it changed is pending no more.</summary>
    /// <param name="built">The snapshot last built.</param>
    /// <param name="refused">What could not be put in force: it stays pending.</param>
    /// <returns>When the changes of endpoints that are in force now were triggered, as far as that is known.</returns>
    public ImmutableArray<DateTimeOffset> Commit(DesiredState built, ReadOnlySpan<ServicePortName> refused)
    {
        if (!ReferenceEquals(built, _built)) throw new ArgumentException("not the snapshot last built", nameof(built));
        _committed = new Committed(built.Version, built.Node, built.NodePortAddresses, built.ServiceCidrs);
        if (_uncommitted.Count > KeepCapacity) _uncommitted = [];
        else _uncommitted.Clear();
        foreach (var name in refused) _uncommitted.Add(name);
        return _pending.TakeTriggerTimes();
    }

    private ImmutableArray<ServicePortName> SortedUncommitted()
    {
        if (_uncommitted.Count == 0) return [];
        var names = new ServicePortName[_uncommitted.Count];
        _uncommitted.CopyTo(names);
        if (names.Length > 1) names.AsSpan().Sort();
        return ImmutableCollectionsMarshal.AsImmutableArray(names);
    }

    private void Update(ObjectKey key, NodeInfo node, bool reselect)
    {
        var service = _state.Service(key);
        _tracked.TryGetValue(key, out var tracked);
        if (tracked is not null && ReferenceEquals(tracked.Source, service))
        {
            foreach (var port in tracked.Ports) Update(port, port.Current!.Port, key, node, reselect); // set when it was first tracked
            return;
        }

        var ports = service is null ? [] : ServicePortDeriver.Derive(service, _family, AllowExternalIps);
        var before = tracked?.Ports ?? [];
        var after = new TrackedPort[ports.Length];
        for (var i = 0; i < after.Length; i++)
        {
            after[i] = Find(before, ports[i].Name) ?? new TrackedPort(ports[i].Name);
            Update(after[i], ports[i], key, node, reselect);
        }

        foreach (var port in before)
        {
            if (Find(after, port.Name) is null) Remove(port);
        }

        if (after.Length > 0) _tracked[key] = new TrackedService(service!, after); // without a Service there are no ports
        else _tracked.Remove(key);
    }

    private void Update(TrackedPort tracked, ServicePort port, ObjectKey service, NodeInfo node, bool reselect)
    {
        var endpoints = _merger.Merge(_state.Slices(service), port.Name, _family, node.Name, tracked.Current?.Endpoints ?? []);
        var current = tracked.Current;
        if (current is not null && current.Port.Equals(port))
        {
            if (endpoints == current.Endpoints && !reselect) return;
            port = current.Port;
        }

        _endpointCount += endpoints.Length - (current?.Endpoints.Length ?? 0);
        var selection = EndpointSelector.Select(port, endpoints, node);
        if (reselect && current is not null && ReferenceEquals(current.Port, port) && endpoints == current.Endpoints
            && current.Selection.Equals(selection)) return;
        tracked.Current = new ServiceEndpoints(port, selection) { Endpoints = endpoints };
        _services[port.Name] = tracked.Current;
        _uncommitted.Add(port.Name);
    }

    private void Remove(TrackedPort port)
    {
        _endpointCount -= port.Current?.Endpoints.Length ?? 0;
        _services.Remove(port.Name);
        _uncommitted.Add(port.Name);
    }

    private static TrackedPort? Find(TrackedPort[] ports, in ServicePortName name)
    {
        foreach (var port in ports)
        {
            if (port.Name == name) return port;
        }

        return null;
    }

    /// <summary>What of a snapshot in force decides whether the next can be relative to it.</summary>
    private sealed record Committed(long Version, NodeInfo Node, NodePortAddresses NodePorts, ImmutableArray<IpPrefix> ServiceCidrs)
    {
        public bool Fits(NodeInfo node, NodePortAddresses nodePorts, ImmutableArray<IpPrefix> serviceCidrs) =>
            Node.Equals(node) && NodePorts.Equals(nodePorts) && ServiceCidrs.AsSpan().SequenceEqual(serviceCidrs.AsSpan());
    }
}
