using Microsoft.Extensions.Logging.Abstractions;
using Shunt.Model;
using Shunt.Proxy.State;

namespace Shunt.Testing.Builders;

/// <summary>Short ways to say what happens to a cluster.</summary>
internal static class ClusterStateExtensions
{
    /// <summary>An empty cluster seen from <c>test-node</c>.</summary>
    public static ClusterState NewCluster() => new("test-node", NullLogger.Instance);

    /// <summary>The node that most tests are about: <c>test-node</c>, 192.168.0.2 and 2001:db8::1.</summary>
    public static NodeInfo TestNode { get; } =
        new() { Name = "test-node", IPv4 = IpAddr.Parse("192.168.0.2"), IPv6 = IpAddr.Parse("2001:db8::1") };

    extension(ClusterState state)
    {
        /// <summary>Each object is new or different.</summary>
        public ClusterState Put(params ClusterObject[] objects)
        {
            foreach (var item in objects) state.Apply(new WatchEvent.Changed(item));
            return state;
        }

        /// <summary>The object is gone.</summary>
        public ClusterState Delete(ClusterObject item)
        {
            state.Apply(new WatchEvent.Deleted(item.Kind, item.Key));
            return state;
        }

        /// <summary>The first snapshot of this cluster, as a builder that starts now makes it.</summary>
        public DesiredState Snapshot(IpFamily family = IpFamily.IPv4, NodeInfo? node = null, NodePortAddresses? nodePorts = null) =>
            new SnapshotBuilder(family, state).Build(node ?? TestNode, nodePorts ?? NodePortAddresses.Everywhere);
    }
}
