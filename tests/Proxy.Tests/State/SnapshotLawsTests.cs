using System.Collections.Immutable;
using Shunt.Model;
using Shunt.Proxy.State;
using Shunt.Testing.Builders;

namespace Shunt.Proxy.Tests.State;

/// <summary>What holds for every history of a cluster. A failure names the seed; put it into the list to see it again.</summary>
public sealed class SnapshotLawsTests
{
    private const int Steps = 150;

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 40), Random.Shared.Next()];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void An_incremental_snapshot_is_what_a_fresh_builder_makes_of_the_same_objects(int seed)
    {
        var history = new History(seed);
        for (var step = 0; step < Steps; step++)
        {
            history.Step();
            var built = history.Build();
            var fresh = history.FreshSnapshot();

            Assert.True(Same(fresh.Services, built.Services), $"seed {seed}, step {step}: services differ");
            Assert.True(fresh.EndpointCount == built.EndpointCount, $"seed {seed}, step {step}: {built.EndpointCount} endpoints, not {fresh.EndpointCount}");
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_delta_leads_from_the_committed_snapshot_to_the_built_one(int seed)
    {
        var history = new History(seed);
        var inForce = ImmutableSortedDictionary<ServicePortName, ServiceEndpoints>.Empty; // what a backend has that was told only the deltas
        var committed = (Version: 0L, Node: (NodeInfo?)null);
        ImmutableArray<ServicePortName> refused = [];
        for (var step = 0; step < Steps; step++)
        {
            history.Step();
            var built = history.Build();
            var where = $"seed {seed}, step {step}";
            Assert.True(built.Delta.Changed.SequenceEqual(built.Delta.Changed.Distinct().Order()), $"{where}: not sorted or not unique");
            Assert.True(refused.All(built.Delta.Changed.Contains), $"{where}: a refused name was forgotten");
            Assert.Equal((where, built.Node.Equals(committed.Node) ? committed.Version : 0), (where, built.Delta.BaseVersion));
            if (!history.Random.Chance(60)) continue; // not committed: its changes must be in the next delta

            refused = [.. built.Delta.Changed.Where(_ => history.Random.Chance(10))];
            foreach (var name in built.Delta.Changed.Except(refused)) inForce = built.Services.TryGetValue(name, out var now) ? inForce.SetItem(name, now) : inForce.Remove(name);
            history.Commit(built, refused);
            committed = (built.Version, built.Node);
            Assert.True(Same(Without(built.Services, refused), Without(inForce, refused)), $"{where}: following deltas led elsewhere");
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Unchanged_service_ports_stay_the_same_objects_and_changed_ones_are_different(int seed)
    {
        var history = new History(seed);
        DesiredState? last = null;
        for (var step = 0; step < Steps; step++)
        {
            history.Step();
            var built = history.Build();
            foreach (var (name, now) in built.Services)
            {
                if (last is null || !last.Services.TryGetValue(name, out var before)) continue;
                Assert.True(ReferenceEquals(before, now) == before.Equals(now), $"seed {seed}, step {step}: {name}");
                Assert.True(ReferenceEquals(before, now) || built.Delta.Changed.Contains(name), $"seed {seed}, step {step}: {name} is not in the delta");
            }

            history.Commit(built, []);
            last = built;
        }
    }

    private static ImmutableSortedDictionary<ServicePortName, ServiceEndpoints> Without(
        ImmutableSortedDictionary<ServicePortName, ServiceEndpoints> services, ImmutableArray<ServicePortName> names) => services.RemoveRange(names);

    private static bool Same(ImmutableSortedDictionary<ServicePortName, ServiceEndpoints> left, ImmutableSortedDictionary<ServicePortName, ServiceEndpoints> right) =>
        left.SequenceEqual(right);

    /// <summary>A cluster to which things happen.</summary>
    private sealed class History
    {
        private readonly Dictionary<(ObjectKind, ObjectKey), ClusterObject> _objects = [];
        private readonly ClusterState _state = ClusterStateExtensions.NewCluster();
        private readonly SnapshotBuilder _builder;
        private readonly IpFamily _family;
        private NodeInfo _node = ClusterStateExtensions.TestNode;

        public History(int seed)
        {
            Random = new RandomObjects(seed);
            _family = Random.Chance(50) ? IpFamily.IPv4 : IpFamily.IPv6;
            _builder = new SnapshotBuilder(_family, _state);
        }

        public RandomObjects Random { get; }

        /// <summary>One to four events, sometimes a change of the node.</summary>
        public void Step()
        {
            for (var i = Random.Next(4); i >= 0; i--) Happen();
            if (Random.Chance(5)) _node = Random.Node();
        }

        public DesiredState Build() => _builder.Build(_node, NodePortAddresses.Everywhere);

        public void Commit(DesiredState built, ImmutableArray<ServicePortName> refused) => _builder.Commit(built, refused.AsSpan());

        public DesiredState FreshSnapshot() => ClusterStateExtensions.NewCluster().Put([.. _objects.Values]).Snapshot(_family, _node);

        private void Happen()
        {
            switch (Random.Next(10))
            {
                case < 4:
                    Put(Random.Service());
                    break;
                case < 8:
                    Put(Random.Slice());
                    break;
                case 8:
                    Delete(Random.Chance(50) ? (ObjectKind.Service, Random.ServiceKey()) : (ObjectKind.EndpointSlice, Random.SliceKey()));
                    break;
                default:
                    Relist(Random.Chance(50) ? ObjectKind.Service : ObjectKind.EndpointSlice);
                    break;
            }
        }

        private void Put(ClusterObject item)
        {
            _objects[(item.Kind, item.Key)] = item;
            _state.Apply(new WatchEvent.Changed(item));
        }

        private void Delete((ObjectKind Kind, ObjectKey Key) which)
        {
            _objects.Remove(which);
            _state.Apply(new WatchEvent.Deleted(which.Kind, which.Key));
        }

        /// <summary>Some are gone, some are new, some could not be read.</summary>
        private void Relist(ObjectKind kind)
        {
            var known = _objects.Where(o => o.Key.Item1 == kind).ToArray();
            ImmutableArray<ObjectKey> unreadable = [.. known.Where(_ => Random.Chance(10)).Select(static o => o.Key.Item2)];
            foreach (var (key, _) in known)
            {
                if (!unreadable.Contains(key.Item2) && Random.Chance(10)) _objects.Remove(key);
            }

            ClusterObject extra = kind == ObjectKind.Service ? Random.Service() : Random.Slice();
            if (!unreadable.Contains(extra.Key)) _objects[(kind, extra.Key)] = extra;
            ImmutableArray<ClusterObject> listed = [.. _objects.Values.Where(o => o.Kind == kind && !unreadable.Contains(o.Key))];
            _state.Apply(new WatchEvent.Listed(kind, listed, unreadable));
        }
    }
}
