using System.Text;
using Shunt.Model;
using Shunt.Proxy.Sources.Decoding;
using Shunt.Proxy.State;

namespace Shunt.Proxy.Tests.Sources.Decoding;

public sealed class ServiceDecoderTests
{
    [Fact]
    public void Every_field_of_a_load_balancer_is_read()
    {
        var service = Decoding.Service(
            """
            'type':'LoadBalancer','clusterIP':'10.96.0.10','clusterIPs':['10.96.0.10','fd00::10'],'ipFamilies':['IPv4','IPv6'],
            'ports':[{'name':'dns','protocol':'UDP','port':53,'targetPort':'x','nodePort':30053},{'name':'sig','protocol':'SCTP','port':3868}],
            'externalIPs':['192.0.2.7','2001:db8::7'],'loadBalancerSourceRanges':[' 203.0.113.0/25 ','2001:db8::/32'],
            'sessionAffinity':'ClientIP','sessionAffinityConfig':{'clientIP':{'timeoutSeconds':60}},
            'externalTrafficPolicy':'Local','internalTrafficPolicy':'Local','healthCheckNodePort':31000,'future':{'a':[1,{}]}
            """,
            ",'status':{'loadBalancer':{'ingress':[{'ip':'198.51.100.1'},{'ip':'198.51.100.2','ipMode':'Proxy'},{'hostname':'x'},{'ip':'2001:db8::9','ipMode':'VIP'}]}}");

        Assert.Equal(new ObjectKey("shop", "web"), service.Key);
        Assert.Equal(ServiceType.LoadBalancer, service.Type);
        Assert.Equal([IpAddr.Parse("10.96.0.10"), IpAddr.Parse("fd00::10")], service.ClusterIps);
        Assert.Equal([new("dns", Protocol.Udp, 53, 30053), new("sig", Protocol.Sctp, 3868, 0)], service.Ports);
        Assert.Equal([IpAddr.Parse("192.0.2.7"), IpAddr.Parse("2001:db8::7")], service.ExternalIps);
        Assert.Equal([IpPrefix.Parse("203.0.113.0/25"), IpPrefix.Parse("2001:db8::/32")], service.LoadBalancerSourceRanges);
        Assert.Equal([IpAddr.Parse("198.51.100.1"), IpAddr.Parse("2001:db8::9")], service.LoadBalancerVips);
        Assert.Equal(new SessionAffinity(true, 60), service.Affinity);
        Assert.True(service.ExternalTrafficPolicyLocal);
        Assert.True(service.InternalTrafficPolicyLocal);
        Assert.Equal(31000, service.HealthCheckNodePort);
        Assert.Empty(service.Problems);
    }

    [Theory]
    [InlineData("'clusterIP':'10.0.0.1'", "10.0.0.1")]
    [InlineData("'clusterIP':'172.30.0.041'", "172.30.0.41")]
    [InlineData("'clusterIP':''", "")]
    [InlineData("'clusterIP':'None','clusterIPs':['None']", "")]
    [InlineData("'clusterIP':null", "")]
    [InlineData("'clusterIP':'None','clusterIPs':['10.0.0.1'],'ipFamilies':['IPv4']", "")]
    [InlineData("'clusterIP':'10.0.0.1','clusterIPs':['10.0.0.1','fd00::1']", "10.0.0.1")]
    [InlineData("'clusterIP':'fd00::1','clusterIPs':['fd00::1','10.0.0.1'],'ipFamilies':['IPv6','IPv4']", "fd00::1,10.0.0.1")]
    [InlineData("'clusterIP':'10.0.0.1','ipFamilies':['IPv4']", "")]
    [InlineData("'clusterIP':'10.0.0.1','clusterIPs':['10.0.0.1'],'ipFamilies':['IPv4','IPv6']", "10.0.0.1")]
    public void Cluster_IPs_are_derived_by_family(string spec, string expected)
    {
        var service = Decoding.Service(spec);
        Assert.Equal(expected, string.Join(",", service.ClusterIps));
        Assert.Empty(service.Problems);
    }

    [Theory]
    [InlineData("['10.0.0.0/8','0.0.0.0/0','2001:db8::/32']", "2001:db8::/32")]
    [InlineData("['10.0.0.0/8','2001:db8::/32','::/0']", "10.0.0.0/8")]
    [InlineData("['10.1.2.3/8']", "10.0.0.0/8")]
    [InlineData("[]", "")]
    public void A_source_range_for_everybody_empties_its_family(string ranges, string expected)
    {
        var service = Decoding.Service($"'loadBalancerSourceRanges':{ranges}");
        Assert.Equal(expected, string.Join(",", service.LoadBalancerSourceRanges));
    }

    [Theory]
    [InlineData("'externalIPs':['192.0.2.1','x']", "spec.externalIPs[1]: \"x\" is not an IP address")]
    [InlineData("'externalIPs':'192.0.2.1'", "spec.externalIPs: is not a list")]
    [InlineData("'externalIPs':[7]", "spec.externalIPs[0]: is not a string")]
    [InlineData("'loadBalancerSourceRanges':['10.0.0.0/99']", "spec.loadBalancerSourceRanges[0]: \"10.0.0.0/99\" is not a CIDR")]
    [InlineData("'clusterIP':'10.0.0.256'", "spec.clusterIP: \"10.0.0.256\" is not an IP address")]
    [InlineData("'clusterIP':'10.0.0.1','clusterIPs':['fd00::1'],'ipFamilies':['IPv4']", "spec.clusterIPs[0]: \"fd00::1\" is not of the family that spec.ipFamilies names")]
    [InlineData("'ipFamilies':['IPv5']", "spec.ipFamilies[0]: \"IPv5\" is neither IPv4 nor IPv6")]
    [InlineData("'ports':[{'port':80,'protocol':'QUIC'}]", "spec.ports[0].protocol: \"QUIC\" is not a protocol (TCP, UDP, SCTP)")]
    [InlineData("'ports':[{'port':65536}]", "spec.ports[0].port: 65536 is not a port; the element is left out")]
    [InlineData("'ports':[{'port':0}]", "spec.ports[0].port: 0 is not a port; the element is left out")]
    [InlineData("'ports':[{'port':80,'nodePort':-1}]", "spec.ports[0].nodePort: -1 is not a port")]
    [InlineData("'ports':[{'port':80,'nodePort':'x'}]", "spec.ports[0].nodePort: is not a number")]
    [InlineData("'ports':[{'port':80.5,'name':'a'}]", "spec.ports[0].port: \"80.5\" is not a whole number")]
    [InlineData("'ports':[80]", "spec.ports[0]: is not an object")]
    [InlineData("'type':'Foo'", "spec.type: \"Foo\" is not a Service type")]
    [InlineData("'sessionAffinity':'Cookie'", "spec.sessionAffinity: \"Cookie\" is neither ClientIP nor None")]
    [InlineData("'externalTrafficPolicy':'Near'", "spec.externalTrafficPolicy: \"Near\" is neither Local nor Cluster")]
    [InlineData("'internalTrafficPolicy':{}", "spec.internalTrafficPolicy: is not a string")]
    [InlineData("'healthCheckNodePort':70000", "spec.healthCheckNodePort: 70000 is not a port")]
    public void What_is_wrong_is_named_and_the_rest_is_served(string spec, string problem)
    {
        var service = Decoding.Service(spec + ",'selector':{'app':'web'}");
        Assert.Contains(problem, service.Problems);
    }

    [Fact]
    public void A_wrong_element_does_not_take_its_neighbours_along()
    {
        var service = Decoding.Service("'externalIPs':['192.0.2.1','x','','192.0.2.3'],'ports':[{'port':0},{'port':81,'name':'b'}]");
        Assert.Equal("192.0.2.1,192.0.2.3", string.Join(",", service.ExternalIps));
        Assert.Equal([new("b", Protocol.Tcp, 81, 0)], service.Ports);
        Assert.Equal(2, service.Problems.Length);
    }

    [Theory]
    [InlineData("", 10800, 0)]
    [InlineData(",'sessionAffinityConfig':null", 10800, 0)]
    [InlineData(",'sessionAffinityConfig':{'clientIP':{'timeoutSeconds':86400}}", 86400, 0)]
    [InlineData(",'sessionAffinityConfig':{'clientIP':{'timeoutSeconds':0}}", 10800, 1)]
    [InlineData(",'sessionAffinityConfig':{'clientIP':{'timeoutSeconds':86401}}", 10800, 1)]
    [InlineData(",'sessionAffinityConfig':{'clientIP':{'timeoutSeconds':'x'}}", 10800, 1)]
    public void Affinity_has_a_sane_timeout(string config, int seconds, int problems)
    {
        var service = Decoding.Service("'sessionAffinity':'ClientIP'" + config);
        Assert.Equal(new SessionAffinity(true, seconds), service.Affinity);
        Assert.Equal(problems, service.Problems.Length);
    }

    [Theory]
    [InlineData("{'metadata':{'namespace':'a','name':'b'},'spec':{'ports':'x'}}", "a/b", "spec.ports: is not a list")]
    [InlineData("{'metadata':{'namespace':'a','name':'b'},'spec':7}", "a/b", "spec: is not an object")]
    [InlineData("{'spec':{'ports':'x'},'metadata':{'namespace':'a','name':'b'}}", "a/b", "spec.ports: is not a list")]
    [InlineData("{'metadata':{'namespace':'a','name':'x y'}}", "a/x y", "metadata.name: \"x y\" is not a usable name")]
    [InlineData("{'metadata':{'namespace':'a','name':'x\\\\'}}", "a/x\\", "metadata.name: \"x\\\\\" is not a usable name")]
    [InlineData("{'metadata':{'namespace':'a\\n','name':'b'}}", "a\n/b", "metadata.namespace: \"a\\u000a\" is not a usable name")]
    [InlineData("{'metadata':{'namespace':'a','name':'b'},'spec':{'ports':[{'port':1,'name':'p\\u0022'}]}}", "a/b", "spec.ports: \"p\\\"\" is not a usable port name")]
    public void An_unusable_object_is_named_by_its_key(string json, string key, string error)
    {
        var decoded = Decoding.Decode(ObjectKind.Service, json);
        Assert.Null(decoded.Object);
        Assert.Equal(key, decoded.Key.ToString());
        Assert.Equal(error, decoded.Error);
    }

    [Theory]
    [InlineData("7")]
    [InlineData("[{}]")]
    [InlineData("{}")]
    [InlineData("{'metadata':{'namespace':'a'}}")]
    [InlineData("{'metadata':{'name':5}}")]
    [InlineData("{'metadata':[]}")]
    public void An_object_without_a_name_has_an_error_and_no_key(string json)
    {
        var decoded = Decoding.Decode(ObjectKind.Service, json);
        Assert.Null(decoded.Object);
        Assert.False(decoded.HasKey);
        Assert.NotEqual("", decoded.Error);
    }

    [Fact]
    public void A_name_too_long_for_a_comment_is_unusable()
    {
        var json = $"{{'metadata':{{'namespace':'a','name':'b'}},'spec':{{'ports':[{{'port':1,'name':'{new string('p', 240)}'}}]}}}}";
        Assert.Contains("is too long", Decoding.Decode(ObjectKind.Service, json).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Invalid_UTF8_costs_the_field_it_is_in()
    {
        byte[] json = [.. """{"metadata":{"namespace":"a","name":"b","annotations":{"x":"""u8, (byte)'"', 0xFF, (byte)'"',
            .. """},"labels":{}},"spec":{"type":"""u8, (byte)'"', 0xC3, (byte)'"', .. ""","externalIPs":["\ud800","192.0.2.1"]}}"""u8];
        var service = Decoding.Sound<ServiceObject>(Decoding.Decode(ObjectKind.Service, json));
        Assert.Equal("192.0.2.1", string.Join(",", service.ExternalIps));
        Assert.Equal(["spec.type: is not valid UTF-8", "spec.externalIPs[0]: is not valid UTF-8"], service.Problems);
    }

    [Theory]
    [InlineData("'clusterIP':'None'", "{}", true)]
    [InlineData("'clusterIP':'10.0.0.1'", "{'service.kubernetes.io/service-proxy-name':''}", true)]
    [InlineData("'clusterIP':''", "{'app':'x'}", false)]
    public void What_the_selectors_hide_is_marked(string spec, string labels, bool hidden)
    {
        var json = $"{{'metadata':{{'namespace':'a','name':'b','labels':{labels}}},'spec':{{{spec}}}}}";
        Assert.Equal(hidden, Decoding.Decode(ObjectKind.Service, json).Hidden);
    }

    [Fact]
    public void One_decoder_forgets_the_object_before()
    {
        var list = Encoding.UTF8.GetBytes((
            "{'metadata':{'resourceVersion':'5'},'items':[{'metadata':{'namespace':'a','name':'b','labels':{'service.kubernetes.io/service-proxy-name':''}},"
            + "'spec':{'type':'NodePort','clusterIP':'10.0.0.1','ports':[{'name':'http','port':80}],'externalIPs':['x']}},{'metadata':{'name':'c'}}]}").Replace('\'', '"'));
        var items = new List<Decoded>();
        ListPage.Decode(list, ObjectDecoder.For(ObjectKind.Service), items);
        Assert.False(items[1].Hidden);
        Assert.Equal(new ServiceObject { Key = new ObjectKey("default", "c") }, items[1].Object);
    }
}
