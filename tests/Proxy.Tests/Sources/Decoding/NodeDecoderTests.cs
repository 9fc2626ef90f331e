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

    [Fact]
    public void A_ServiceCIDR_has_networks()
    {
        var cidr = Decoding.Sound<ServiceCidrObject>(Decoding.Decode(ObjectKind.ServiceCidr, "{'metadata':{'name':'kubernetes'},'spec':{'cidrs':['10.96.0.0/12','fd00::/112']}}"));
        Assert.Equal("10.96.0.0/12,fd00::/112", string.Join(",", cidr.Cidrs));
    }
}
