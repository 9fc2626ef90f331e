using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using Shunt.Model;

namespace Shunt.Proxy.State;

/// <summary>
/// The cluster as far as it is known: the current objects, and for each family which Services changed. Owned by one loop. An event costs
/// what its object costs, however many others there are.
/// </summary>
internal sealed class ClusterState
{
    private const int ProblemsInLog = 5;

    private readonly string _nodeName;
    private readonly ILogger _logger;
    private readonly Dictionary<ObjectKey, ClusterObject>[] _objects = [[], [], [], []];
    private readonly bool[] _listed = new bool[4];
    private readonly SliceIndex _slices = new();
    private readonly ClaimIndex _claims = new();
    private readonly List<(AddressClaim Claim, ObjectKey Holder)> _conflicts = [];
    private ImmutableArray<PendingChanges> _pending = [];
    private (ImmutableArray<IpPrefix> IPv4, ImmutableArray<IpPrefix> IPv6)? _serviceCidrs;

    /// <param name="nodeName">This node's name: other Nodes are ignored.</param>
    /// <param name="logger">Told about objects with problems and Services in conflict.</param>
    public ClusterState(string nodeName, ILogger logger)
    {
        _nodeName = nodeName;
        _logger = logger;
    }

    /// <summary>Every kind has been listed, so that what is not here does not exist. Only then is a snapshot fit for the kernel.</summary>
    public bool IsSynced => !_listed.AsSpan().Contains(false);

    /// <summary>Something changed that a snapshot builder has not taken yet.</summary>
    public bool HasPending
    {
        get
        {
            foreach (var pending in _pending)
            {
                if (!pending.IsEmpty) return true;
            }

            return false;
        }
    }

    /// <summary>Told of each new version of this node's own object. Must not throw.</summary>
    public Action<NodeObject> NodeReplaced { get; init; } = static _ => { };

    /// <summary>How many events there were.</summary>
    public ChangeCounts Counts { get; } = new();

    /// <summary>The families that changes are kept track of for.</summary>
    public int Families => _pending.Length;

    /// <summary>How many Services changed that a snapshot builder has not taken yet: the larger number of the families'.</summary>
    public int ServiceChangesPending => _pending.IsEmpty ? 0 : _pending.Max(static pending => pending.ServiceChanges);

    /// <summary>How many changes of EndpointSlices a snapshot builder has not taken yet, in all families.</summary>
    public int EndpointChangesPending => _pending.Sum(static pending => pending.EndpointChanges);

    /// <summary>This node's own object, the last one seen if it has been deleted; null when there has been none.</summary>
    public NodeObject? Node { get; private set; }

    /// <summary>How many Services have EndpointSlices.</summary>
    internal int ServicesWithSlices => _slices.Count;

    /// <summary>Takes in what a source says. An object that is equal to the one known changes nothing.</summary>
    public void Apply(WatchEvent e)
    {
        switch (e)
        {
            case WatchEvent.Changed changed:
                Put(changed.Object);
                break;
            case WatchEvent.Deleted deleted:
                Delete(deleted.Kind, deleted.Key);
                break;
            case WatchEvent.Listed listed:
                Reserve(listed);
                foreach (var item in listed.Objects) Put(item);
                DeleteAllBut(listed);
                _listed[(int)listed.Kind] = true;
                break;
        }
    }

    /// <summary>The networks a family's cluster IPs come from, sorted, each once.</summary>
    public ImmutableArray<IpPrefix> ServiceCidrs(IpFamily family)
    {
        var (v4, v6) = _serviceCidrs ??= (CollectServiceCidrs(IpFamily.IPv4), CollectServiceCidrs(IpFamily.IPv6));
        return family == IpFamily.IPv4 ? v4 : v6;
    }

    /// <summary>Starts keeping track of changes for one more builder, for whom everything is a change at first.</summary>
    internal PendingChanges Track(IpFamily family)
    {
        var pending = new PendingChanges(family);
        foreach (var (key, _) in _objects[(int)ObjectKind.Service]) pending.ServiceChanged(key, null, Service(key));
        _pending = _pending.Add(pending);
        return pending;
    }

    /// <summary>The Service of that name; null when there is none.</summary>
    internal ServiceObject? Service(ObjectKey key) =>
        _objects[(int)ObjectKind.Service].TryGetValue(key, out var service) ? (ServiceObject)service : null;

    /// <summary>The EndpointSlices of a Service, of both families, in the order of their names.</summary>
    internal ReadOnlySpan<EndpointSliceObject> Slices(ObjectKey service) => _slices.Of(service);

    /// <summary>Room for what is coming, and no more: growing step by step ends with nearly twice of it.</summary>
    private void Reserve(WatchEvent.Listed listed)
    {
        var count = listed.Objects.Length;
        _objects[(int)listed.Kind].EnsureCapacity(count);
        if (listed.Kind == ObjectKind.Service) _claims.Reserve(count);
        var services = _objects[(int)ObjectKind.Service].Count;
        if (listed.Kind == ObjectKind.EndpointSlice) _slices.Reserve(services == 0 ? count : Math.Min(count, services));
    }

    private void Put(ClusterObject after)
    {
        Counts.Add(after.Kind);
        if (after is NodeObject && after.Key.Name != _nodeName) return;
        ref var stored = ref CollectionsMarshal.GetValueRefOrAddDefault(_objects[(int)after.Kind], after.Key, out _);
        var before = stored;
        if (after.Equals(before)) return;
        stored = after;
        // Once, not with each of its versions: an object that changes all the time must not fill the disk.
        if (!after.Problems.IsEmpty && before?.Problems.AsSpan().SequenceEqual(after.Problems.AsSpan()) != true) LogProblems(after);
        Replaced(before, after);
    }

    private void Delete(ObjectKind kind, ObjectKey key)
    {
        Counts.Add(kind);
        if (_objects[(int)kind].Remove(key, out var before)) Replaced(before, null);
    }

    private void DeleteAllBut(WatchEvent.Listed listed)
    {
        var exists = new HashSet<ObjectKey>(listed.Objects.Length + listed.Unreadable.Length);
        foreach (var item in listed.Objects) exists.Add(item.Key);
        exists.UnionWith(listed.Unreadable);
        foreach (var key in _objects[(int)listed.Kind].Keys.Where(key => !exists.Contains(key)).ToArray()) Delete(listed.Kind, key);
    }

    private void Replaced(ClusterObject? before, ClusterObject? after)
    {
        switch (after ?? before)
        {
            case ServiceObject service:
                ServiceReplaced(service.Key, (ServiceObject?)before, (ServiceObject?)after);
                break;
            case EndpointSliceObject slice:
                SliceReplaced(slice.Key, (EndpointSliceObject?)before, (EndpointSliceObject?)after);
                break;
            case ServiceCidrObject:
                _serviceCidrs = null;
                foreach (var pending in _pending) pending.SharedChanged = true;
                break;
            case NodeObject when after is NodeObject node && !node.Equals(Node):
                Node = node;
                NodeReplaced(node);
                foreach (var pending in _pending) pending.SharedChanged = true;
                break;
            case NodeObject node when after is null:
                Log.NodeDeleted(_logger, node.Key);
                break;
        }
    }

    private void ServiceReplaced(ObjectKey key, ServiceObject? before, ServiceObject? after)
    {
        foreach (var pending in _pending) pending.ServiceChanged(key, before, after);
        _claims.Replace(key, before, after, _conflicts);
        foreach (var (claim, holder) in _conflicts) Log.ServicesConflict(_logger, key, holder, claim);
        _conflicts.Clear();
        if (after is { Type: ServiceType.LoadBalancer, ExternalTrafficPolicyLocal: true, HealthCheckNodePort: 0 }) Log.NoHealthCheckNodePort(_logger, key);
    }

    private void SliceReplaced(ObjectKey key, EndpointSliceObject? before, EndpointSliceObject? after)
    {
        var from = SliceIndex.ServiceOf(before);
        var to = SliceIndex.ServiceOf(after);
        if (from is { } left && from != to) _slices.Remove(left, key.Name);
        if (to is { } service) _slices.Put(service, after!); // a slice that belongs somewhere is one
        else if (after is not null) Log.SliceIgnored(_logger, key);

        if (before is not null && (from != to || before.AddressType != after?.AddressType)) MarkEndpoints(from, before.AddressType, null);
        if (after is not null) MarkEndpoints(to, after.AddressType, after);
    }

    private void MarkEndpoints(ObjectKey? service, IpFamily? family, EndpointSliceObject? after)
    {
        // The slices of an unknown Service wait until it comes, and then it is a change itself.
        if (service is not { } key || !_objects[(int)ObjectKind.Service].ContainsKey(key)) return;
        foreach (var pending in _pending)
        {
            if (pending.Family == family) pending.EndpointsChanged(key, after);
        }
    }

    private ImmutableArray<IpPrefix> CollectServiceCidrs(IpFamily family) =>
    [
        .. _objects[(int)ObjectKind.ServiceCidr].Values.Cast<ServiceCidrObject>().SelectMany(static o => o.Cidrs)
            .Where(cidr => cidr.Family == family).Distinct().OrderBy(static cidr => cidr.Address).ThenBy(static cidr => cidr.Length),
    ];

    private void LogProblems(ClusterObject item)
    {
        if (!_logger.IsEnabled(LogLevel.Warning)) return;
        Log.ObjectHasProblems(_logger, item.Kind, item.Key, item.Problems.Length, [.. item.Problems.Take(ProblemsInLog)]);
    }
}
