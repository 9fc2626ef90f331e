using System.Collections.Immutable;
using Shunt.Model;
using Shunt.Proxy.State;
using Shunt.Testing.Builders;
using static Shunt.Testing.Builders.Build;

namespace Shunt.Proxy.Tests.State;

/// <summary>Rows 161 to 167 of 07, as far as they are about merging.</summary>
public sealed class EndpointMergerTests
{
    private readonly EndpointMerger _merger = new();

    [Fact]
    public void Endpoints_of_one_slice_are_sorted_by_id_byte_by_byte() // row 161
        => Assert.Equal("10.0.1.10:80 10.0.1.1:80 10.0.1.2:80 9.0.0.1:80", Merge(Slice("ns/s-1").Port(80).Endpoints("9.0.0.1", "10.0.1.2", "10.0.1.10", "10.0.1.1")));

    [Theory]
    [InlineData(EndpointState.Ready, EndpointState.Draining)] // row 162
    [InlineData(EndpointState.Draining, EndpointState.Ready)]
    public void Of_two_with_one_id_the_one_that_stays_wins(EndpointState first, EndpointState second)
    {
        var merged = All(Slice("ns/s-1").Port(80).Endpoint("10.0.1.1", "", first), Slice("ns/s-2").Port(80).Endpoint("10.0.1.1", "", second));

        Assert.False(Assert.Single(merged).Terminating);
    }

    [Fact]
    public void Of_two_equal_ids_the_later_slice_wins_whatever_the_order_of_arrival()
    {
        EndpointSliceObject ready = Slice("ns/s-a").Port(80).Endpoint("10.0.1.1");
        EndpointSliceObject unready = Slice("ns/s-b").Port(80).Endpoint("10.0.1.1", "", EndpointState.Unready);
        var index = new SliceIndex();
        index.Put(Key("ns/s"), unready);
        index.Put(Key("ns/s"), ready);

        var merged = _merger.Merge(index.Of(Key("ns/s")), Spn("ns/s"), IpFamily.IPv4, "test-node", []);

        Assert.False(Assert.Single(merged).Ready);
    }

    [Fact]
    public void Overlapping_slices_are_united() // row 163
        => Assert.Equal(
            "10.0.1.1:80 10.0.1.2:80 10.0.1.3:80 10.0.1.4:80",
            Merge(Slice("ns/s-1").Port(80).Endpoints("10.0.1.1", "10.0.1.2", "10.0.1.3"), Slice("ns/s-2").Port(80).Endpoints("10.0.1.2", "10.0.1.3", "10.0.1.4")));

    [Fact]
    public void Slices_may_have_different_ports() // row 164
    {
        EndpointSliceObject one = Slice("ns/s-1").Port(80, "p80").Endpoints("10.0.1.1");
        EndpointSliceObject two = Slice("ns/s-2").Port(8080, "p80").Port(443, "p443").Endpoints("10.0.1.2");

        Assert.Equal("10.0.1.1:80 10.0.1.2:8080", Text(_merger.Merge([one, two], Spn("ns/s:p80"), IpFamily.IPv4, "", [])));
        Assert.Equal("10.0.1.2:443", Text(_merger.Merge([one, two], Spn("ns/s:p443"), IpFamily.IPv4, "", [])));
    }

    [Fact]
    public void The_protocol_must_match()
        => Assert.Empty(_merger.Merge([Slice("ns/s-1").Port(80, protocol: Protocol.Udp).Endpoints("10.0.1.1")], Spn("ns/s"), IpFamily.IPv4, "", []));

    [Fact]
    public void Slices_of_the_other_family_are_skipped()
        => Assert.Equal("[fd00::1]:80", Text(_merger.Merge(
            [Slice("ns/s-1").Port(80).Endpoints("10.0.1.1"), Slice("ns/s-2").Port(80).Endpoints("fd00::1")], Spn("ns/s"), IpFamily.IPv6, "", [])));

    [Fact]
    public void Ipv6_ids_are_sorted_as_text()
        => Assert.Equal("[fd00:1::]:80 [fd00::10]:80 [fd00::2]:80", Text(_merger.Merge(
            [Slice("ns/s-1").Port(80).Endpoints("fd00:1::", "fd00::2", "fd00::10")], Spn("ns/s"), IpFamily.IPv6, "", [])));

    [Theory]
    [InlineData("test-node", "test-node", true)]
    [InlineData("other", "test-node", false)]
    [InlineData("", "test-node", false)]
    [InlineData("", "", false)]
    public void Local_is_what_names_this_node(string endpointNode, string thisNode, bool local)
        => Assert.Equal(local, Assert.Single(_merger.Merge(
            [Slice("ns/s-1").Port(80).Endpoint("10.0.1.1", endpointNode)], Spn("ns/s"), IpFamily.IPv4, thisNode, [])).IsLocal);

    [Fact]
    public void An_equal_result_is_the_known_one()
    {
        var first = All(Slice("ns/s-1").Port(80).Endpoint("10.0.1.1", zones: "a").Endpoint("10.0.1.2"));

        var second = _merger.Merge(
            [Slice("ns/s-1").Port(80).Endpoint("10.0.1.2").Endpoint("10.0.1.1", zones: "a")], Spn("ns/s"), IpFamily.IPv4, "test-node", first);

        Assert.True(first == second);
    }

    [Fact]
    public void Five_thousand_endpoints_are_sorted_and_the_next_call_starts_clean()
    {
        var slice = Slice("ns/s-1").Port(80);
        for (var i = 5000; i > 0; i--) slice.Endpoint($"10.0.{i / 250}.{i % 250}");

        var merged = All(slice);

        Assert.Equal(5000, merged.Length);
        Assert.Equal(merged.Select(static e => e.ToString()).Order(StringComparer.Ordinal), merged.Select(static e => e.ToString()));
        Assert.Equal("10.0.0.1:80", Merge(Slice("ns/s-1").Port(80).Endpoints("10.0.0.1")));
    }

    private ImmutableArray<Endpoint> All(params SliceBuilder[] slices) =>
        _merger.Merge(slices.Select(static s => s.Object).ToArray(), Spn("ns/s"), IpFamily.IPv4, "test-node", []);

    private string Merge(params SliceBuilder[] slices) => Text(All(slices));

    private static string Text(IEnumerable<Endpoint> endpoints) => string.Join(' ', endpoints);
}
