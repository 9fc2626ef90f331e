using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Shunt.Bench;

/// <summary>The input of <c>nft</c> that kube-proxy's nftables mode writes for a cluster: a chain and an anonymous map for each Service.</summary>
/// <param name="cluster">The cluster.</param>
internal sealed class KubeProxyNftables(SizedCluster cluster) : IKubeProxyLayout
{
    private const string Base =
        """
        add table ip kube-proxy
        add chain ip kube-proxy filter-prerouting-pre-dnat { type filter hook prerouting priority -110 ; }
        add chain ip kube-proxy filter-output-pre-dnat { type filter hook output priority -110 ; }
        add chain ip kube-proxy filter-input { type filter hook input priority 0 ; }
        add chain ip kube-proxy filter-forward { type filter hook forward priority 0 ; }
        add chain ip kube-proxy filter-output { type filter hook output priority 0 ; }
        add chain ip kube-proxy nat-prerouting { type nat hook prerouting priority -100 ; }
        add chain ip kube-proxy nat-output { type nat hook output priority -100 ; }
        add chain ip kube-proxy nat-postrouting { type nat hook postrouting priority 100 ; }
        add chain ip kube-proxy services
        add chain ip kube-proxy masquerading
        add chain ip kube-proxy reject-chain
        add chain ip kube-proxy firewall-check
        add chain ip kube-proxy service-endpoints-check
        add chain ip kube-proxy nodeport-endpoints-check
        add chain ip kube-proxy cluster-ips-check
        add set ip kube-proxy cluster-ips { type ipv4_addr ; }
        add set ip kube-proxy hairpin-connections { type ipv4_addr . ipv4_addr . inet_proto . inet_service ; }
        add map ip kube-proxy no-endpoint-services { type ipv4_addr . inet_proto . inet_service : verdict ; }
        add map ip kube-proxy no-endpoint-nodeports { type inet_proto . inet_service : verdict ; }
        add map ip kube-proxy firewall-ips { type ipv4_addr . inet_proto . inet_service : verdict ; }
        add map ip kube-proxy service-ips { type ipv4_addr . inet_proto . inet_service : verdict ; }
        add map ip kube-proxy service-nodeports { type inet_proto . inet_service : verdict ; }
        add rule ip kube-proxy filter-prerouting-pre-dnat ct state new jump firewall-check
        add rule ip kube-proxy filter-output-pre-dnat ct state new jump firewall-check
        add rule ip kube-proxy filter-input ct state new jump nodeport-endpoints-check
        add rule ip kube-proxy filter-input ct state new jump service-endpoints-check
        add rule ip kube-proxy filter-forward ct state new jump service-endpoints-check
        add rule ip kube-proxy filter-forward ct state new jump cluster-ips-check
        add rule ip kube-proxy filter-output ct state new jump service-endpoints-check
        add rule ip kube-proxy filter-output ct state new jump cluster-ips-check
        add rule ip kube-proxy nat-prerouting jump services
        add rule ip kube-proxy nat-output jump services
        add rule ip kube-proxy nat-postrouting jump masquerading
        add rule ip kube-proxy masquerading mark and 0x4000 != 0 mark set mark xor 0x4000 masquerade fully-random
        add rule ip kube-proxy masquerading ct status dnat ip saddr . ip daddr . meta l4proto . th dport @hairpin-connections masquerade fully-random
        add rule ip kube-proxy reject-chain reject
        add rule ip kube-proxy cluster-ips-check ip daddr @cluster-ips reject comment "Reject traffic to invalid ports of ClusterIPs"
        add rule ip kube-proxy service-endpoints-check ip daddr . meta l4proto . th dport vmap @no-endpoint-services
        add rule ip kube-proxy nodeport-endpoints-check ip daddr != 127.0.0.0/8 meta l4proto . th dport vmap @no-endpoint-nodeports
        add rule ip kube-proxy firewall-check ip daddr . meta l4proto . th dport vmap @firewall-ips
        add rule ip kube-proxy services ip daddr @cluster-ips ip saddr != 10.128.0.0/9 mark set mark or 0x4000
        add rule ip kube-proxy services ip daddr . meta l4proto . th dport vmap @service-ips
        add rule ip kube-proxy services fib daddr type local ip daddr != 127.0.0.0/8 meta l4proto . th dport vmap @service-nodeports

        """;

    private readonly StringBuilder _text = new();

    /// <inheritdoc/>
    public string Program => "nft";

    /// <inheritdoc/>
    public ImmutableArray<string> Arguments { get; } = ["-f", "-"];

    /// <inheritdoc/>
    public string Full(int services)
    {
        _text.Append(Base);
        for (var i = 0; i < services; i++) AddService(i);
        return Take();
    }

    /// <inheritdoc/>
    public string Change(ClusterChange change, int number, int services)
    {
        var service = cluster.ServiceOf(number);
        var count = cluster.EndpointsOf(service);
        if (change == ClusterChange.EndpointReplaced) AddChain(service, count, second: true);
        else if (change == ClusterChange.EndpointAdded) AddChain(service, count + 1);
        else if (change == ClusterChange.EndpointRemoved) AddChain(service, count);
        else if (change == ClusterChange.ServiceAdded) AddService(services + number);
        else RemoveService(services + number);
        return Take();
    }

    /// <inheritdoc/>
    public string AfterRemoval(int service) => $"delete chain ip kube-proxy {ChainOf(service)}\n";

    /// <inheritdoc/>
    public string Clear() => "delete table ip kube-proxy\n";

    private void AddService(int i)
    {
        Line($"add element ip kube-proxy cluster-ips {{ {SizedCluster.ClusterIp(i)} }}");
        AddChain(i, cluster.EndpointsOf(i));
        Line($"add element ip kube-proxy service-ips {{ {SizedCluster.ClusterIp(i)} . tcp . 80 : goto {ChainOf(i)} }}");
    }

    private void AddChain(int i, int count, bool second = false)
    {
        Line($"add chain ip kube-proxy {ChainOf(i)}");
        Line($"flush chain ip kube-proxy {ChainOf(i)}");
        var map = string.Join(" , ", Enumerable.Range(0, count).Select(e => Invariant($"{e} : {cluster.Address(i, e, second && e == count / 2)} . 8080")));
        Line($"add rule ip kube-proxy {ChainOf(i)} meta l4proto tcp dnat ip addr . port to numgen random mod {count} map {{ {map} }}");
    }

    private void RemoveService(int i)
    {
        Line($"flush chain ip kube-proxy {ChainOf(i)}");
        Line($"delete element ip kube-proxy cluster-ips {{ {SizedCluster.ClusterIp(i)} }}");
        Line($"delete element ip kube-proxy service-ips {{ {SizedCluster.ClusterIp(i)} . tcp . 80 }}");
    }

    /// <summary>kube-proxy's names begin with eight characters of a hash; which alphabet it is in makes no difference here.</summary>
    private static string ChainOf(int i)
    {
        var key = SizedCluster.KeyOf(i);
        var name = $"{key.Namespace}/{key.Name}/tcp/http";
        return $"service-{Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(name)).AsSpan(0, 4))}-{name}";
    }

    private void Line(FormattableString line) => _text.Append(Invariant(line)).Append('\n');

    private string Take()
    {
        var text = _text.ToString();
        _text.Clear();
        return text;
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
