using Microsoft.Extensions.Logging;
using Shunt.Model;
using Shunt.Proxy.State;
using Shunt.Testing.Builders;
using Shunt.Testing.Logging;
using static Shunt.Testing.Builders.Build;

namespace Shunt.Proxy.Tests.State;

public sealed class ClusterStateTests
{
    private readonly RecordingLogger _log = new();
    private readonly ClusterState _state;
    private readonly SnapshotBuilder _builder;

    public ClusterStateTests()
    {
        _state = new ClusterState("test-node", _log);
        _builder = new SnapshotBuilder(IpFamily.IPv4, _state);
    }

    [Fact]
    public void It_is_synced_when_every_kind_was_listed()
    {
        ObjectKind[] kinds = [ObjectKind.Node, ObjectKind.ServiceCidr, ObjectKind.EndpointSlice, ObjectKind.Service];
        var synced = new List<bool>();
        foreach (var kind in kinds)
        {
            _state.Apply(Listed(kind));
            synced.Add(_state.IsSynced);
        }

        Assert.Equal([false, false, false, true], synced);
    }

    [Fact]
    public void An_equal_object_is_no_change() // rows 157, 165
    {
        _state.Put(Web().Object, WebSlice().Object);
        Build();

        _state.Put(Web().Object, WebSlice().Object);

        Assert.False(_state.HasPending);
    }

    [Fact]
    public void A_service_that_is_changed_and_changed_back_is_not_pending() // rows 157, 158
    {
        _state.Put(Web().Object);
        Build();

        _state.Put(Web().Port(81, "more").Object);
        Assert.True(_state.HasPending);
        _state.Put(Web().Object);

        Assert.False(_state.HasPending);
    }

    [Fact]
    public void A_service_that_comes_and_goes_is_not_pending() // row 158
    {
        _state.Put(Web().Object).Delete(Web().Object);

        Assert.False(_state.HasPending);
    }

    [Fact]
    public void A_slice_that_changed_keeps_a_reverted_service_pending()
    {
        _state.Put(Web().Object);
        Build();

        _state.Put(Web().Port(81, "more").Object, WebSlice().Object, Web().Object);

        Assert.True(_state.HasPending);
    }

    [Fact]
    public void A_reordered_slice_is_a_change_that_leads_to_none() // row 165
    {
        _state.Put(Web().Object, Slice("ns/web-1").Port(80).Endpoints("10.0.0.1", "10.0.0.2").Object);
        _builder.Commit(Build(), []);

        _state.Put(Slice("ns/web-1").Port(80).Endpoints("10.0.0.2", "10.0.0.1").Object);

        Assert.True(_state.HasPending);
        Assert.Empty(Build().Delta.Changed);
    }

    [Theory] // row 167
    [InlineData("no label")]
    [InlineData("FQDN")]
    [InlineData("unknown service")]
    [InlineData("other family")]
    public void A_slice_that_cannot_matter_is_no_change(string why)
    {
        _state.Put(Web().Object);
        Build();

        _state.Put((why switch
        {
            "no label" => WebSlice().For(""),
            "FQDN" => WebSlice().AddressType(null),
            "unknown service" => WebSlice().For("nobody"),
            _ => Slice("ns/web-1").Port(80).Endpoints("fd00::1"),
        }).Object);

        Assert.False(_state.HasPending);
        Assert.Empty(Warnings);
    }

    [Fact]
    public void Slices_are_there_before_their_service()
    {
        _state.Put(WebSlice().Object);
        _state.Put(Web().Object);

        Assert.Equal(2, Build().EndpointCount);
    }

    [Fact]
    public void Removing_an_unknown_object_is_no_change() // row 167
    {
        _state.Delete(Web().Object).Delete(WebSlice().Object).Delete(ServiceCidr("x"));

        Assert.False(_state.HasPending);
    }

    [Fact]
    public void Nothing_is_kept_of_slices_that_are_gone() // row 166
    {
        _state.Put(WebSlice().Object, Slice("ns/web-2").Port(80).Endpoints("10.0.0.9").Object, Slice("other/web-1").Port(80).Endpoints("10.0.0.9").Object);
        Assert.Equal(2, _state.ServicesWithSlices);

        _state.Delete(WebSlice().Object).Delete(Slice("ns/web-2").Object).Delete(Slice("other/web-1").Object);

        Assert.Equal(0, _state.ServicesWithSlices);
    }

    [Fact]
    public void A_slice_can_move_to_another_service()
    {
        _state.Put(Web().Object, Svc("ns/api").ClusterIp("10.9.0.2").Port(80).Object, WebSlice().Object);
        Build();

        _state.Put(WebSlice().For("api").Object);
        var services = Build().Services;

        Assert.Empty(services[Spn("ns/web")].Selection.Cluster);
        Assert.Equal(2, services[Spn("ns/api")].Selection.Cluster.Length);
    }

    [Fact]
    public void What_is_not_in_a_list_is_gone_and_what_is_the_same_is_no_change()
    {
        _state.Put(Web().Object, Svc("ns/old").ClusterIp("10.9.0.3").Port(80).Object);
        _builder.Commit(Build(), []);

        _state.Apply(Listed(ObjectKind.Service, Web().Object, Svc("ns/new").ClusterIp("10.9.0.4").Port(80).Object));

        Assert.Equal([Spn("ns/new"), Spn("ns/old")], Build().Delta.Changed);
    }

    [Fact]
    public void What_could_not_be_read_stays_as_it_was()
    {
        _state.Put(Web().Object);
        Build();

        _state.Apply(new WatchEvent.Listed(ObjectKind.Service, [], [Key("ns/web"), Key("ns/never-seen")]));

        Assert.False(_state.HasPending);
        Assert.Equal(Spn("ns/web"), Assert.Single(Build().Services).Key);
    }

    [Fact]
    public void The_last_of_one_object_in_a_list_counts() // "last wins"
    {
        _state.Apply(Listed(ObjectKind.Service, Web().Object, Web().NodePort(30080).Object));

        Assert.Equal(30080, Assert.Single(Build().Services).Value.Port.NodePort);
    }

    [Fact]
    public void Problems_are_logged_when_they_are_news()
    {
        _state.Put(Web().Problem("spec.externalIPs[0]: \"x\" is not an IP address").Object);
        _state.Put(Web().Problem("spec.externalIPs[0]: \"x\" is not an IP address").Object);

        var line = Assert.Single(Warnings);
        Assert.Contains("kind=\"Service\" name=\"ns/web\"", line, StringComparison.Ordinal);
        Assert.Contains("spec.externalIPs[0]", line, StringComparison.Ordinal);

        _state.Put(Web().NodePort(30080).Problem("spec.externalIPs[0]: \"x\" is not an IP address").Object);
        Assert.Single(Warnings);

        _state.Put(Web().NodePort(30080).Problem("spec.externalIPs[0]: \"y\" is not an IP address").Object);
        Assert.Equal(2, Warnings.Count());
    }

    [Fact]
    public void Many_problems_are_one_short_line()
    {
        var slice = WebSlice();
        for (var i = 0; i < 5000; i++) slice.Problem($"endpoints[{i}].addresses: empty");

        _state.Put(slice.Object);

        var line = Assert.Single(Warnings);
        Assert.Contains(" count=5000 ", line, StringComparison.Ordinal);
        Assert.InRange(line.Length, 1, 400);
    }

    [Fact]
    public void Two_services_with_one_address_are_named_and_both_served()
    {
        _state.Put(Web().Object, Svc("ns/twin").ClusterIp("10.9.0.1").Port(80).Object);

        var line = Assert.Single(Warnings);
        Assert.Contains("ns/web", line, StringComparison.Ordinal);
        Assert.Contains("ns/twin", line, StringComparison.Ordinal);
        Assert.Contains("10.9.0.1:80/TCP", line, StringComparison.Ordinal);
        Assert.Equal(2, Build().Services.Count);
    }

    [Theory]
    [InlineData("external IP and VIP")]
    [InlineData("node port")]
    [InlineData("cluster IP and external IP")]
    public void Every_kind_of_address_can_be_in_conflict(string kind)
    {
        var (one, two) = kind switch
        {
            "external IP and VIP" => (Web().ExternalIp("1.2.3.4"), Other().LoadBalancer("1.2.3.4")),
            "node port" => (Web().NodePort(30080), Other().NodePort(30080)),
            _ => (Web(), Other().ExternalIp("10.9.0.1")),
        };

        _state.Put(one.Object, two.Object);

        Assert.Single(Warnings);
    }

    [Theory]
    [InlineData("other protocol")]
    [InlineData("other port")]
    [InlineData("same service")]
    [InlineData("headless")]
    public void What_only_looks_like_a_conflict_is_none(string kind)
    {
        _state.Put(Web().NodePort(30080).Object);

        _state.Put((kind switch
        {
            "other protocol" => Svc("ns/other").ClusterIp("10.9.0.1").Port(80, protocol: Protocol.Udp, nodePort: 30080),
            "other port" => Svc("ns/other").ClusterIp("10.9.0.1").Port(81),
            "same service" => Web().NodePort(30080).ExternalIp("1.2.3.4").LoadBalancer("1.2.3.4"),
            _ => Svc("ns/other").Port(80, nodePort: 30080),
        }).Object);

        Assert.Empty(Warnings);
    }

    [Fact]
    public void A_conflict_is_named_again_only_when_it_comes_again()
    {
        _state.Put(Web().Object, Other().ExternalIp("10.9.0.1").Object);
        _state.Put(Other().ExternalIp("10.9.0.1").Port(90, "more").Object); // the same claim is not news
        Assert.Single(Warnings);

        _state.Delete(Web().Object);
        _state.Put(Svc("ns/third").ClusterIp("10.9.0.1").Port(80).Object);

        Assert.Equal(2, Warnings.Count());
        Assert.Contains("ns/other", Warnings.Last(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_load_balancer_with_policy_local_needs_a_health_check_port()
    {
        _state.Put(Web().LoadBalancer("1.2.3.4").ExternalLocal().Object);

        Assert.Contains("ns/web", Assert.Single(Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void Only_this_node_counts_and_it_stays_after_it_is_deleted()
    {
        _state.Put(Testing.Builders.Build.Node("other").Zone("x").Object);
        Assert.Null(_state.Node);

        _state.Put(Testing.Builders.Build.Node().Zone("a").Object);
        Assert.True(_state.HasPending);
        Build();
        _state.Delete(Testing.Builders.Build.Node().Object);

        Assert.Equal("a", _state.Node?.Zone);
        Assert.False(_state.HasPending);
    }

    [Fact]
    public void Service_cidrs_are_those_of_all_objects()
    {
        _state.Put(ServiceCidr("b", "10.96.0.0/12", "fd00::/112"), ServiceCidr("a", "10.8.0.0/16", "10.96.0.0/12"));
        Assert.Equal([IpPrefix.Parse("10.8.0.0/16"), IpPrefix.Parse("10.96.0.0/12")], _state.ServiceCidrs(IpFamily.IPv4));
        Assert.Equal([IpPrefix.Parse("fd00::/112")], _state.ServiceCidrs(IpFamily.IPv6));

        _state.Delete(ServiceCidr("b"));
        Assert.Equal([IpPrefix.Parse("10.8.0.0/16"), IpPrefix.Parse("10.96.0.0/12")], _state.ServiceCidrs(IpFamily.IPv4));
        Assert.Empty(_state.ServiceCidrs(IpFamily.IPv6));
    }

    private IEnumerable<string> Warnings => _log.Lines.Where(static l => l.Level >= LogLevel.Warning).Select(static l => l.Text);

    private DesiredState Build() => _builder.Build(ClusterStateExtensions.TestNode, NodePortAddresses.Everywhere);

    private static ServiceBuilder Web() => Svc("ns/web").ClusterIp("10.9.0.1").Port(80);

    private static ServiceBuilder Other() => Svc("ns/other").ClusterIp("10.9.0.2").Port(80);

    private static SliceBuilder WebSlice() => Slice("ns/web-1").Port(8080).Endpoints("10.0.0.1", "10.0.0.2");
}
