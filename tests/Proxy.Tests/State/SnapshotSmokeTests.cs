using Shunt.Testing.Builders;
using static Shunt.Testing.Builders.Build;

namespace Shunt.Proxy.Tests.State;

public sealed class SnapshotSmokeTests
{
    [Fact]
    public void A_service_and_its_slice_become_a_service_port_with_endpoints()
    {
        var state = ClusterStateExtensions.NewCluster().Put(Svc("ns/web").ClusterIp("10.0.0.1").Port(80).Object, Slice("ns/web-1").Port(8080).Endpoints("10.1.0.2", "10.1.0.10").Object);
        var snapshot = state.Snapshot();
        var (name, value) = Assert.Single(snapshot.Services);
        Assert.Equal(Spn("ns/web"), name);
        Assert.Equal(["10.1.0.10:8080", "10.1.0.2:8080"], value.Selection.Cluster.Select(static e => e.ToString()));
        Assert.Equal(2, snapshot.EndpointCount);
    }
}
