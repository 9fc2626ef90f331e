using System.Text;
using System.Text.Json;
using Shunt.Proxy.State;

namespace Shunt.Proxy.Tests.Sources.Decoding;

public sealed class NodeDecoderTests
{
    [Fact]
    public void Internal_addresses_come_before_external_ones()
    {
        var node = Decoding.Sound<NodeObject>(Decoding.Decode(
            ObjectKind.Node,
            "{'metadata':{'name':'n1','labels':{'topology.kubernetes.io/zone':'z'}},'spec':{'podCIDR':'10.244.1.0/24','podCIDRs':['10.244.1.0/24','fd00::/64','x']},'status':{'addresses':[{'type':'ExternalIP','address':'192.0.2.1'},{'type':'Hostname','address':'n1'},{'type':'InternalIP','address':'10.0.0.1'},{'address':'bad','type':'InternalIP'},{'type':'InternalIP','address':'fd00::1'}]}}"));
        Assert.Equal(new ObjectKey("", "n1"), node.Key);
        Assert.Equal("z", node.Zone);
        Assert.Equal("10.0.0.1,fd00::1,192.0.2.1", string.Join(",", node.Addresses));
        Assert.Equal("10.244.1.0/24,fd00::/64", string.Join(",", node.PodCidrs));
        Assert.Equal(["spec.podCIDRs[2]: \"x\" is not a CIDR", "status.addresses[3].address: \"bad\" is not an IP address"], node.Problems);
    }

    [Theory]
    [InlineData("{'metadata':{'name':'n1'}}", true)]
    [InlineData("{'metadata':{'name':'n1','deletionTimestamp':'2026-11-22T08:00:00Z'}}", false)]
    [InlineData("{'metadata':{'name':'n1'},'spec':{'taints':[{'key':'ToBeDeletedByClusterAutoscaler','effect':'NoSchedule'}]}}", false)]
    [InlineData("{'spec':{'taints':[{'key':'ToBeDeletedByClusterAutoscaler'}],'podCIDRs':['10.0.0.0/24']},'metadata':{'name':'n1'}}", false)]
    [InlineData("{'metadata':{'name':'n1'},'spec':{'taints':[{'value':'ToBeDeletedByClusterAutoscaler','key':'x'}]}}", true)]
    public void A_node_about_to_go_is_not_eligible(string json, bool eligible)
    {
        var node = Decoding.Sound<NodeObject>(Decoding.Decode(ObjectKind.Node, json));
        Assert.Equal(eligible, node.IsEligible);
        Assert.Equal(eligible, node.Equals(node with { IsEligible = true }));
        Assert.Empty(node.Problems);
    }

    [Fact]
    public void Eligibility_is_not_carried_over_to_the_next_node()
    {
        var decoder = Proxy.Sources.Decoding.ObjectDecoder.For(ObjectKind.Node);
        Assert.False(Decode("{'metadata':{'name':'n1','deletionTimestamp':'x'},'spec':{'taints':[{'key':'ToBeDeletedByClusterAutoscaler'}]}}").IsEligible);
        Assert.True(Decode("{'metadata':{'name':'n2'},'spec':{}}").IsEligible);

        NodeObject Decode(string json)
        {
            var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(json.Replace('\'', '"')));
            reader.Read();
            return Decoding.Sound<NodeObject>(decoder.Decode(ref reader));
        }
    }

    [Fact]
    public void Taints_of_the_wrong_form_are_problems_and_nothing_else()
    {
        var node = Decoding.Sound<NodeObject>(Decoding.Decode(
            ObjectKind.Node, "{'metadata':{'name':'n1'},'spec':{'taints':[7,{'key':null},{'key':{'a':[1]}}],'podCIDRs':['10.0.0.0/24']}}"));
        Assert.True(node.IsEligible);
        Assert.Equal(["spec.taints[0]: is not an object"], node.Problems);
        Assert.Equal("10.0.0.0/24", string.Join(",", node.PodCidrs));
        Assert.Equal(["spec.taints: is not a list"], Decoding.Sound<NodeObject>(Decoding.Decode(ObjectKind.Node, "{'metadata':{'name':'n1'},'spec':{'taints':{}}}")).Problems);
    }

    [Fact]
    public void A_ServiceCIDR_has_networks()
    {
        var cidr = Decoding.Sound<ServiceCidrObject>(Decoding.Decode(ObjectKind.ServiceCidr, "{'metadata':{'name':'kubernetes'},'spec':{'cidrs':['10.96.0.0/12','fd00::/112']}}"));
        Assert.Equal("10.96.0.0/12,fd00::/112", string.Join(",", cidr.Cidrs));
    }
}
