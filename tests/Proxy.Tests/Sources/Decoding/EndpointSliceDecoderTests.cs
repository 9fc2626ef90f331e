using Shunt.Model;
using Shunt.Proxy.State;

namespace Shunt.Proxy.Tests.Sources.Decoding;

public sealed class EndpointSliceDecoderTests
{
    private const string Endpoints = "'endpoints':[{'addresses':['10.1.0.1','10.1.0.2'],'nodeName':'n1','zone':'z','conditions':{'ready':false,'terminating':true},'hints':{'forZones':[{'name':'z1'},{'name':'z2'}],'forNodes':[{'name':'n1'}]}},{'addresses':['10.1.0.3']}]";

    [Theory]
    [InlineData("'addressType':'IPv4'," + Endpoints)]
    [InlineData(Endpoints + ",'addressType':'IPv4'")]
    public void Endpoints_are_read_in_whatever_order_the_fields_come(string fields)
    {
        var slice = Decoding.Slice(fields + ",'ports':[{'name':'','port':8080},{'name':'dns','protocol':'UDP','port':53}]");
        Assert.Equal("web", slice.ServiceName);
        Assert.Equal(IpFamily.IPv4, slice.AddressType);
        Assert.Equal([new("", Protocol.Tcp, 8080), new("dns", Protocol.Udp, 53)], slice.Ports);
        Assert.Equal(2, slice.Endpoints.Length);
        var first = slice.Endpoints[0];
        Assert.Equal(IpAddr.Parse("10.1.0.1"), first.Address);
        Assert.False(first.Ready);
        Assert.True(first.Serving);
        Assert.True(first.Terminating);
        Assert.Equal("n1", first.NodeName);
        Assert.Equal(["z1", "z2"], first.ZoneHints);
        Assert.Equal(["n1"], first.NodeHints);
        var second = slice.Endpoints[1];
        Assert.True(second.Ready && second.Serving && !second.Terminating);
        Assert.Equal("", second.NodeName);
        Assert.True(second.ZoneHints.IsDefault && second.NodeHints.IsDefault);
        Assert.Empty(slice.Problems);
    }

    [Fact]
    public void FQDN_slices_are_legal_and_empty()
    {
        var slice = Decoding.Slice("'addressType':'FQDN','endpoints':[{'addresses':['example.com']}],'ports':null");
        Assert.Null(slice.AddressType);
        Assert.Empty(slice.Endpoints);
        Assert.Empty(slice.Problems);
    }

    [Theory]
    [InlineData("'addressType':'IPv9'", "addressType: \"IPv9\" is not an address type")]
    [InlineData("'ports':[]", "addressType: is not set")]
    [InlineData("'addressType':'IPv4','ports':[{'port':80}]", "ports[0].name: is not set; the element is left out")]
    [InlineData("'addressType':'IPv4','ports':[{'name':null,'port':80}]", "ports[0].name: is not set; the element is left out")]
    [InlineData("'addressType':'IPv4','ports':[{'name':'a'}]", "ports[0].port: is not set; the element is left out")]
    [InlineData("'addressType':'IPv4','ports':[{'name':'a','port':0}]", "ports[0].port: 0 is not a port; the element is left out")]
    [InlineData("'addressType':'IPv4','ports':[{'name':'a\\u0022','port':1}]", "ports[0].name: \"a\\\"\" is not a usable port name; the element is left out")]
    [InlineData("'addressType':'IPv4','ports':[{'name':'a','port':1,'protocol':'QUIC'}]", "ports[0].protocol: \"QUIC\" is not a protocol (TCP, UDP, SCTP)")]
    [InlineData("'addressType':'IPv4','endpoints':[{'addresses':['fd00::1']}]", "endpoints[0].addresses[0]: \"fd00::1\" is not an IPv4 address; the element is left out")]
    [InlineData("'addressType':'IPv6','endpoints':[{'addresses':['10.0.0.1']}]", "endpoints[0].addresses[0]: \"10.0.0.1\" is not an IPv6 address; the element is left out")]
    [InlineData("'addressType':'IPv4','endpoints':[{'addresses':['host']}]", "endpoints[0].addresses[0]: \"host\" is not an IP address")]
    [InlineData("'addressType':'IPv4','endpoints':[{'addresses':[]}]", "endpoints[0].addresses: is empty; the element is left out")]
    [InlineData("'addressType':'IPv4','endpoints':[{'conditions':{}}]", "endpoints[0].addresses: is empty; the element is left out")]
    [InlineData("'addressType':'IPv4','endpoints':[{'addresses':['']}]", "endpoints[0].addresses[0]: is empty; the element is left out")]
    [InlineData("'addressType':'IPv4','endpoints':[{'addresses':['10.0.0.1'],'conditions':{'ready':'yes'}}]", "endpoints[0].conditions.ready: is not true or false")]
    public void What_is_wrong_is_named(string fields, string problem) => Assert.Contains(problem, Decoding.Slice(fields).Problems);

    [Fact]
    public void An_endpoint_of_the_wrong_family_does_not_take_its_neighbours_along()
    {
        var slice = Decoding.Slice("'addressType':'IPv4','endpoints':[{'addresses':['fd00::1']},{'addresses':['10.0.0.2']},null]");
        Assert.Equal(IpAddr.Parse("10.0.0.2"), Assert.Single(slice.Endpoints).Address);
    }

    [Theory]
    [InlineData("2026-11-24T08:00:00.123456789Z", "2026-11-24T08:00:00.1234567+00:00")]
    [InlineData("2026-11-24T09:00:00+01:00", "2026-11-24T08:00:00.0000000+00:00")]
    [InlineData("yesterday", null)]
    [InlineData("", null)]
    public void The_trigger_time_is_read_where_it_is_one(string annotation, string? expected)
    {
        var decoded = Decoding.Decode(ObjectKind.EndpointSlice, $$$"""
            {"metadata":{"namespace":"shop","name":"b","annotations":{"endpoints.kubernetes.io/last-change-trigger-time":"{{{annotation}}}"}},"addressType":"IPv4"}
            """);
        Assert.Equal(expected, Decoding.Sound<EndpointSliceObject>(decoded).LastChangeTriggerTime?.ToUniversalTime().ToString("O"));
    }

    [Fact]
    public void The_headless_label_hides_a_slice()
    {
        var decoded = Decoding.Decode(ObjectKind.EndpointSlice, "{'metadata':{'name':'b','labels':{'service.kubernetes.io/headless':''}},'addressType':'IPv4'}");
        Assert.True(decoded.Hidden);
    }

    [Fact]
    public void Equal_texts_become_the_same_string()
    {
        var slice = Decoding.Slice("'addressType':'IPv4','endpoints':[{'addresses':['10.0.0.1'],'nodeName':'n1','hints':{'forZones':[{'name':'z'}]}},{'addresses':['10.0.0.2'],'nodeName':'n1','hints':{'forZones':[{'name':'z'}]}}]");
        Assert.Same(slice.Endpoints[0].NodeName, slice.Endpoints[1].NodeName);
        Assert.True(slice.Endpoints[0].ZoneHints == slice.Endpoints[1].ZoneHints);
    }
}
