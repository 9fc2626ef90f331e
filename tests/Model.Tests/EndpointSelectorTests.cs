using System.Collections.Immutable;

namespace Shunt.Model.Tests;

/// <summary>Rows 171 to 202 of 07 (181 is about a feature gate that no longer exists).</summary>
public sealed class EndpointSelectorTests
{
    private const string ZonesAbca = "1 zone=a; 2 zone=b; 3 zone=c; 4 zone=a";

    /// <param name="row">The row of 07.</param>
    /// <param name="policy">Of the Service port: <c>iTP</c>, <c>eTP</c> (Local), <c>nodePort</c>.</param>
    /// <param name="node">The node's name and zone, <c>name/zone</c>.</param>
    /// <param name="endpoints">
    /// <c>number words; ...</c>: ready unless <c>unready</c>, <c>draining</c> (serving, terminating) or <c>dead</c> (terminating), or <c>limbo</c>
    /// (serving, neither ready nor terminating), or <c>both</c> (ready and terminating).
    /// </param>
    /// <param name="cluster">The numbers expected in the cluster list.</param>
    /// <param name="local">The numbers expected in the local list.</param>
    /// <param name="reachable">The numbers expected in the union.</param>
    [Theory]
    [InlineData(171, "", "n/a", ZonesAbca, "1 4", "", "1 4")]
    [InlineData(172, "eTP nodePort", "n/a", "1 zone=a local; 2 zone=b local; 3 zone=c; 4 zone=a", "1 4", "1 2", "1 2 4")]
    [InlineData(173, "iTP nodePort", "n/a", "1 zone=a local; 2 zone=b local; 3 zone=c; 4 zone=a", "1 4", "1 2", "1 2 4")]
    [InlineData(174, "", "n/", ZonesAbca, "1 2 3 4", "", "1 2 3 4")]
    [InlineData(175, "", "n/", "1 zone=a", "1", "", "1")]
    [InlineData(176, "", "n/b", "1 zone=a; 2 zone=c", "1 2", "", "1 2")]
    [InlineData(177, "", "n/a", "1 zone=a; 2 zone=b; 3 zone=c; 4 zone=a unready", "1", "", "1")]
    [InlineData(178, "", "n/a", "1 zone=a unready; 2 zone=b; 3 zone=c; 4 zone=a unready", "2 3", "", "2 3")]
    [InlineData(179, "", "n/a", "1 zone=a; 2 zone=b; 3; 4 zone=a", "1 2 3 4", "", "1 2 3 4")]
    [InlineData(180, "", "n/c", "1 zone=a,b,c; 2 zone=b,c; 3 zone=b,d; 4 zone=c", "1 2 4", "", "1 2 4")]
    [InlineData(182, "", "n1/a", "1 zone=a node=n1; 2 zone=b node=n2; 3 zone=a node=n3", "1", "", "1")]
    [InlineData(183, "", "n1/a", "1 node=n1; 2 node=n2; 3", "1 2 3", "", "1 2 3")]
    [InlineData(184, "", "n0/a", "1 zone=a node=n1; 2 zone=b node=n2; 3 zone=a node=n3", "1 3", "", "1 3")]
    [InlineData(185, "eTP nodePort", "n/a", "1 zone=a; 2 zone=b local; 3 zone=c local; 4 zone=a", "1 4", "2 3", "1 2 3 4")]
    [InlineData(187, "iTP", "n/", "1; 2", "", "", "")]
    [InlineData(188, "iTP", "n/", "1 local; 2 local", "", "1 2", "1 2")]
    [InlineData(189, "iTP", "n/", "1 local; 2", "", "1", "1")]
    [InlineData(191, "", "n/", "1; 2 unready; 3", "1 3", "", "1 3")]
    [InlineData(192, "", "n/", "1 draining; 2 draining", "1 2", "", "1 2")]
    [InlineData(193, "iTP nodePort", "n/", "1 local; 2", "1 2", "1", "1 2")]
    [InlineData(194, "eTP nodePort", "n/", "1 local; 2", "1 2", "1", "1 2")]
    [InlineData(195, "iTP eTP nodePort", "n/", "1 local; 2", "1 2", "1", "1 2")]
    [InlineData(196, "iTP eTP nodePort", "n/", "1; 2", "1 2", "", "1 2")]
    [InlineData(197, "iTP eTP nodePort", "n/", "1 draining; 2 draining", "1 2", "", "1 2")]
    [InlineData(198, "eTP nodePort", "n/", "1 draining local; 2", "2", "1", "1 2")]
    [InlineData(199, "eTP", "n/", "1 local; 2", "1 2", "", "1 2")]
    [InlineData(200, "iTP", "n/a", "1 zone=a local; 2 zone=a", "", "1", "1")]
    public void Endpoints_are_chosen_by_hints_and_policies(
        int row, string policy, string node, string endpoints, string cluster, string local, string reachable)
    {
        var selection = Select(policy, node, endpoints);

        Assert.True(selection.HasAny, $"row {row}");
        Assert.Equal(cluster, Numbers(selection.Cluster));
        Assert.Equal(local, Numbers(selection.Local));
        Assert.Equal(reachable, Numbers(selection.Reachable));
    }

    [Theory]
    [InlineData(186, "iTP", "")]
    [InlineData(190, "", "1 unready; 2 unready")]
    [InlineData(201, "", "")]
    [InlineData(202, "", "1 dead")]
    [InlineData(202, "eTP nodePort", "1 dead local")]
    [InlineData(202, "iTP", "1 limbo local")]
    [InlineData(202, "", "1 limbo; 2 dead; 3 unready")]
    public void Nothing_usable_is_nothing(int row, string policy, string endpoints)
    {
        var selection = Select(policy, "n/a", endpoints);

        Assert.Equal((row, EndpointSelection.None), (row, selection));
    }

    [Fact]
    public void A_ready_endpoint_that_terminates_counts_as_ready()
    {
        var selection = Select("eTP nodePort", "n/", "1 both local; 2 draining local; 3 draining");

        Assert.Equal(("1", "1", "1"), (Numbers(selection.Cluster), Numbers(selection.Local), Numbers(selection.Reachable)));
    }

    [Fact]
    public void Terminating_endpoints_are_used_whatever_their_zone()
    {
        var selection = Select("", "n/a", "1 draining zone=a; 2 draining zone=b; 3 unready zone=a");

        Assert.Equal("1 2", Numbers(selection.Cluster));
    }

    [Fact]
    public void A_node_hint_on_every_ready_endpoint_beats_a_zone_hint_on_every_endpoint()
    {
        var selection = Select("", "n1/a", "1 zone=b node=n1; 2 zone=a node=n2; 3 zone=a unready");

        Assert.Equal("1", Numbers(selection.Cluster));
    }

    [Fact]
    public void An_empty_zone_matches_only_an_empty_hint()
    {
        var selection = Select("", "n/", "1 zone=; 2 zone=a");

        Assert.Equal("1", Numbers(selection.Cluster));
    }

    [Theory]
    [InlineData("", "1; 2; 3")]
    [InlineData("iTP", "1 local; 2 local")]
    [InlineData("eTP nodePort", "1 local; 2")]
    public void A_list_that_holds_all_endpoints_is_the_list_that_came_in(string policy, string text)
    {
        var endpoints = Parse(text);

        var selection = EndpointSelector.Select(Port(policy), endpoints, Node("n/a"));

        Assert.True(selection.Reachable == endpoints);
    }

    private static EndpointSelection Select(string policy, string node, string endpoints) =>
        EndpointSelector.Select(Port(policy), Parse(endpoints), Node(node));

    private static ServicePort Port(string policy) => new()
    {
        Name = new ServicePortName("ns", "svc", "", Protocol.Tcp),
        ClusterIp = IpAddr.Parse("10.0.0.1"),
        Port = 80,
        NodePort = policy.Contains("nodePort") ? (ushort)30080 : (ushort)0,
        InternalPolicyLocal = policy.Contains("iTP"),
        ExternalPolicyLocal = policy.Contains("eTP"),
    };

    private static NodeInfo Node(string text) => new() { Name = text.Split('/')[0], Zone = text.Split('/')[1] };

    private static ImmutableArray<Endpoint> Parse(string text) =>
        [.. text.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(ParseOne)];

    private static Endpoint ParseOne(string text)
    {
        var words = text.Split(' ');
        return new Endpoint(IpAddr.FromV4(0x0A000000 + uint.Parse(words[0])), 80)
        {
            Ready = !words.Any(static w => w is "unready" or "draining" or "dead" or "limbo"),
            Serving = !words.Any(static w => w is "unready" or "dead"),
            Terminating = words.Any(static w => w is "draining" or "dead" or "both"),
            IsLocal = words.Contains("local"),
            ZoneHints = Hints(words, "zone="),
            NodeHints = Hints(words, "node="),
        };
    }

    private static ImmutableArray<string> Hints(string[] words, string prefix) =>
        words.FirstOrDefault(w => w.StartsWith(prefix, StringComparison.Ordinal)) is { } word ? [.. word[prefix.Length..].Split(',')] : default;

    private static string Numbers(ImmutableArray<Endpoint> endpoints) => string.Join(' ', endpoints.Select(static e => (uint)e.Address.Bits - 0x0A000000));
}
