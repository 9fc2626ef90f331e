using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Shunt.Backends.Iptables;
using Shunt.Model;

namespace Shunt.Bench;

/// <summary>
/// The input of <c>iptables-restore</c> that kube-proxy's iptables mode writes for a cluster. Each time all of KUBE-SERVICES and the other
/// shared chains is in it, and the chains of those Services that changed. As in kube-proxy a cluster of more than a thousand endpoints has no
/// comments at its endpoints.
/// </summary>
/// <param name="program">The tool, of one of the variants.</param>
/// <param name="cluster">The cluster.</param>
internal sealed class KubeProxyIptables(string program, SizedCluster cluster) : IKubeProxyLayout
{
    private const int LargeCluster = 1_000; // endpoints

    private const string Filter =
        """
        *filter
        :KUBE-SERVICES - [0:0]
        :KUBE-EXTERNAL-SERVICES - [0:0]
        :KUBE-FORWARD - [0:0]
        :KUBE-NODEPORTS - [0:0]
        :KUBE-PROXY-FIREWALL - [0:0]
        -A KUBE-FORWARD -m conntrack --ctstate INVALID -j DROP
        -A KUBE-FORWARD -m comment --comment "kubernetes forwarding rules" -m mark --mark 0x00004000/0x00004000 -j ACCEPT
        -A KUBE-FORWARD -m comment --comment "kubernetes forwarding conntrack rule" -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT

        """;

    private const string FilterJumps =
        """
        -A INPUT -m conntrack --ctstate NEW -m comment --comment "kubernetes load balancer firewall" -j KUBE-PROXY-FIREWALL
        -A INPUT -m comment --comment "kubernetes health check service ports" -j KUBE-NODEPORTS
        -A INPUT -m conntrack --ctstate NEW -m comment --comment "kubernetes externally-visible service portals" -j KUBE-EXTERNAL-SERVICES
        -A FORWARD -m conntrack --ctstate NEW -m comment --comment "kubernetes load balancer firewall" -j KUBE-PROXY-FIREWALL
        -A FORWARD -m comment --comment "kubernetes forwarding rules" -j KUBE-FORWARD
        -A FORWARD -m conntrack --ctstate NEW -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
        -A FORWARD -m conntrack --ctstate NEW -m comment --comment "kubernetes externally-visible service portals" -j KUBE-EXTERNAL-SERVICES
        -A OUTPUT -m conntrack --ctstate NEW -m comment --comment "kubernetes load balancer firewall" -j KUBE-PROXY-FIREWALL
        -A OUTPUT -m conntrack --ctstate NEW -m comment --comment "kubernetes service portals" -j KUBE-SERVICES

        """;

    private const string Nat =
        """
        COMMIT
        *nat
        :KUBE-SERVICES - [0:0]
        :KUBE-NODEPORTS - [0:0]
        :KUBE-POSTROUTING - [0:0]
        :KUBE-MARK-MASQ - [0:0]

        """;

    private const string NatRules =
        """
        -A KUBE-POSTROUTING -m mark ! --mark 0x00004000/0x00004000 -j RETURN
        -A KUBE-POSTROUTING -j MARK --xor-mark 0x00004000
        -A KUBE-POSTROUTING -m comment --comment "kubernetes service traffic requiring SNAT" -j MASQUERADE --random-fully
        -A KUBE-MARK-MASQ -j MARK --or-mark 0x00004000

        """;

    private const string NatJumps =
        """
        -A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
        -A OUTPUT -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
        -A POSTROUTING -m comment --comment "kubernetes postrouting rules" -j KUBE-POSTROUTING

        """;

    private const string End =
        """
        -A KUBE-SERVICES -m comment --comment "kubernetes service nodeports; NOTE: this must be the last rule in this chain" -m addrtype --dst-type LOCAL ! -d 127.0.0.0/8 -j KUBE-NODEPORTS
        COMMIT

        """;

    // In the order of the input: the lines that make or empty chains, the rules, and the deletions of chains.
    private readonly StringBuilder _chains = new();
    private readonly StringBuilder _rules = new();
    private readonly StringBuilder _deletions = new();
    private readonly Dictionary<int, string> _serviceLines = [];

    /// <inheritdoc/>
    public string Program => program;

    /// <inheritdoc/>
    public ImmutableArray<string> Arguments { get; } = ["-w", "5", "--noflush", "--counters"];

    /// <inheritdoc/>
    public string Full(int services)
    {
        for (var i = 0; i < services; i++)
        {
            _rules.Append(ServiceLine(i));
            AddChains(i, cluster.EndpointsOf(i), services);
        }

        return Take(FilterJumps, NatJumps);
    }

    /// <inheritdoc/>
    public string Change(ClusterChange change, int number, int services)
    {
        for (var i = 0; i < services; i++) _rules.Append(ServiceLine(i));
        var service = cluster.ServiceOf(number);
        var count = cluster.EndpointsOf(service);
        if (change == ClusterChange.EndpointReplaced) Replace(service, count, services);
        else if (change == ClusterChange.EndpointAdded) AddChains(service, count + 1, services);
        else if (change == ClusterChange.EndpointRemoved) Shrink(service, count, services);
        else if (change == ClusterChange.ServiceAdded) AddService(services + number, services);
        else Remove(services + number);
        return Take("", "");
    }

    /// <inheritdoc/>
    public string AfterRemoval(int service) => "";

    /// <inheritdoc/>
    public string Clear() => "*filter\n-F\n-X\nCOMMIT\n*nat\n-F\n-X\nCOMMIT\n";

    private void AddService(int i, int services)
    {
        _rules.Append(ServiceLine(i));
        AddChains(i, cluster.EndpointsOf(i), services);
    }

    private void Replace(int i, int count, int services)
    {
        AddChains(i, count, services, second: true);
        Delete(EndpointChain(i, cluster.Address(i, count / 2)));
    }

    private void Shrink(int i, int count, int services)
    {
        AddChains(i, count, services);
        Delete(EndpointChain(i, cluster.Address(i, count)));
    }

    private void Remove(int i)
    {
        Delete(Chain("KUBE-SVC-", i, ""));
        for (var e = 0; e < cluster.EndpointsOf(i); e++) Delete(EndpointChain(i, cluster.Address(i, e)));
    }

    private void AddChains(int i, int count, int services, bool second = false)
    {
        var chain = Chain("KUBE-SVC-", i, "");
        var name = NameOf(i);
        var isLarge = services * cluster.EndpointsOf(0) > LargeCluster;
        var comment = isLarge ? "" : $" -m comment --comment {name}";
        Line(_chains, $":{chain} - [0:0]");
        Line(_rules, $"-A {chain} -m comment --comment \"{name} cluster IP\" -m tcp -p tcp -d {SizedCluster.ClusterIp(i)} --dport 80 ! -s 10.128.0.0/9 -j KUBE-MARK-MASQ");
        for (var e = 0; e < count; e++)
        {
            var address = cluster.Address(i, e, second && e == count / 2);
            var probability = e == count - 1 ? "" : Invariant($" -m statistic --mode random --probability {1.0 / (count - e):F10}");
            var to = isLarge ? "" : $" -m comment --comment \"{name} -> {address}:8080\"";
            Line(_rules, $"-A {chain}{to}{probability} -j {EndpointChain(i, address)}");
        }

        for (var e = 0; e < count; e++)
        {
            var address = cluster.Address(i, e, second && e == count / 2);
            var endpoint = EndpointChain(i, address);
            Line(_chains, $":{endpoint} - [0:0]");
            Line(_rules, $"-A {endpoint}{comment} -s {address} -j KUBE-MARK-MASQ");
            Line(_rules, $"-A {endpoint}{comment} -m tcp -p tcp -j DNAT --to-destination {address}:8080");
        }
    }

    private void Delete(string chain)
    {
        Line(_chains, $":{chain} - [0:0]");
        Line(_deletions, $"-X {chain}");
    }

    private string ServiceLine(int i)
    {
        if (_serviceLines.TryGetValue(i, out var line)) return line;
        line = $"-A KUBE-SERVICES -m comment --comment \"{NameOf(i)} cluster IP\" -m tcp -p tcp -d {SizedCluster.ClusterIp(i)} --dport 80 -j {Chain("KUBE-SVC-", i, "")}\n";
        return _serviceLines[i] = line;
    }

    private static string EndpointChain(int i, IpAddr address) => Chain("KUBE-SEP-", i, $"{address}:8080");

    private static string Chain(string prefix, int i, string endpoint)
    {
        Span<byte> hash = stackalloc byte[IptablesNames.HashLength];
        IptablesNames.Hash(Encoding.ASCII.GetBytes(NameOf(i)), Protocol.Tcp, Encoding.ASCII.GetBytes(endpoint), hash);
        return prefix + Encoding.ASCII.GetString(hash);
    }

    private static string NameOf(int i)
    {
        var key = SizedCluster.KeyOf(i);
        return $"{key.Namespace}/{key.Name}:http";
    }

    private static void Line(StringBuilder text, string line) => text.Append(line).Append('\n');

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private string Take(string filterJumps, string natJumps)
    {
        var text = string.Concat([Filter, filterJumps, Nat, _chains.ToString(), NatRules, natJumps, _rules.ToString(), _deletions.ToString(), End]);
        _chains.Clear();
        _rules.Clear();
        _deletions.Clear();
        return text;
    }
}
