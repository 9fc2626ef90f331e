using System.Collections.Immutable;
using Shunt.Model;

namespace Shunt.Backends.Iptables;

/// <content>The chains that belong to one Service port.</content>
public sealed partial class IptablesCompiler
{
    /// <summary>How far an endpoint is looked for among the earlier ones: both are in the same order, and few come or go at a time.</summary>
    private const int HashReuseWindow = 8;

    private void WriteChains(in PortScope scope, Span<byte> hashes)
    {
        var reachable = scope.Selection.Reachable;
        WriteBalancing(scope, IptablesNames.Cluster, scope.Selection.Cluster, hashes, scope.Port.UsesClusterEndpoints);
        WriteBalancing(scope, IptablesNames.Local, scope.Selection.Local, hashes, scope.Port.UsesLocalEndpoints);
        if (scope.Port.ExternallyAccessible) WriteExternalChain(scope);
        if (scope.UsesFirewall) WriteFirewallChain(scope);
        for (var i = 0; i < reachable.Length; i++) WriteEndpointChain(scope, reachable[i], HashAt(hashes, i));
    }

    /// <summary>What ends the names of the endpoints' chains, in the order of the endpoints.</summary>
    private static byte[] HashEndpoints(in PortScope scope, RuleBlock previous)
    {
        Span<byte> id = stackalloc byte[Endpoint.MaxIdLength];
        var reachable = scope.Selection.Reachable;
        var hashes = new byte[reachable.Length * IptablesNames.HashLength];
        var next = 0;
        for (var i = 0; i < reachable.Length; i++)
        {
            if (TryFind(previous.Endpoints, reachable[i], next, out var known))
            {
                previous.EndpointHashes.Span.Slice(known * IptablesNames.HashLength, IptablesNames.HashLength).CopyTo(HashAt(hashes, i));
                next = known + 1;
                continue;
            }

            var length = reachable[i].FormatId(id);
            IptablesNames.Hash(scope.Label, scope.Protocol, id[..length], HashAt(hashes, i));
        }

        return hashes;
    }

    private static bool TryFind(ImmutableArray<Endpoint> endpoints, in Endpoint wanted, int from, out int index)
    {
        for (index = from; index < endpoints.Length && index < from + HashReuseWindow; index++)
        {
            if (endpoints[index].Port == wanted.Port && endpoints[index].Address == wanted.Address) return true;
        }

        return false;
    }

    private static Span<byte> HashAt(Span<byte> hashes, int index) => hashes.Slice(index * IptablesNames.HashLength, IptablesNames.HashLength);

    /// <summary>The chain that marks what must be masqueraded and then picks one of some endpoints.</summary>
    private void WriteBalancing(
        in PortScope scope, ReadOnlySpan<byte> chain, ImmutableArray<Endpoint> endpoints, Span<byte> hashes, bool used)
    {
        if (!used || endpoints.IsEmpty) return;
        if (chain.SequenceEqual(scope.InternalChain)) WriteClusterIpMasquerade(scope, chain);
        if (scope.Port.Affinity.ClientIp) WriteAffinity(scope, chain, endpoints, hashes);
        var at = 0;
        for (var i = 0; i < endpoints.Length; i++, at++)
        {
            at = IndexOf(scope.Selection.Reachable, endpoints[i], at);
            _nat.Append(chain, scope.Hash);
            WriteEndpointComment(scope, endpoints[i]);
            if (i < endpoints.Length - 1) _nat.Probability(endpoints.Length - i);
            _nat.Jump(IptablesNames.Endpoint, HashAt(hashes, at));
        }
    }

    private void WriteAffinity(in PortScope scope, ReadOnlySpan<byte> chain, ImmutableArray<Endpoint> endpoints, Span<byte> hashes)
    {
        var at = 0;
        for (var i = 0; i < endpoints.Length; i++, at++)
        {
            at = IndexOf(scope.Selection.Reachable, endpoints[i], at);
            _nat.Append(chain, scope.Hash);
            WriteEndpointComment(scope, endpoints[i]);
            _nat.Recent(IptablesNames.Endpoint, HashAt(hashes, at), _options.Family, scope.Port.Affinity.TimeoutSeconds).Jump(IptablesNames.Endpoint, HashAt(hashes, at));
        }
    }

    /// <summary>Where an endpoint is in the union, which holds all of them in the same order.</summary>
    private static int IndexOf(ImmutableArray<Endpoint> union, in Endpoint endpoint, int from)
    {
        while (union[from].Port != endpoint.Port || union[from].Address != endpoint.Address) from++;
        return from;
    }

    private void WriteEndpointComment(in PortScope scope, in Endpoint endpoint)
    {
        if (!scope.Commented) return;
        Span<byte> id = stackalloc byte[Endpoint.MaxIdLength];
        _nat.Comment(scope.Label, " -> "u8, id[..endpoint.FormatId(id)]);
    }

    private void WriteClusterIpMasquerade(in PortScope scope, ReadOnlySpan<byte> chain)
    {
        if (!_options.MasqueradeAll && !_options.Detector.IsImplemented) return;
        _nat.Append(chain, scope.Hash);
        var port = scope.Port;
        var byCidr = !_options.MasqueradeAll && _options.Detector.Cidr.IsValid;
        if (byCidr) _nat.Source(_options.Detector.Cidr, negated: true);
        _nat.Destination(port.ClusterIp);
        if (!_options.MasqueradeAll && !byCidr) WriteDetector(negated: true);
        _nat.Protocol(scope.Protocol).Comment(scope.Label, " cluster IP"u8).DestinationPort(scope.Protocol, port.Port).Jump(IptablesNames.MarkMasq);
    }

    private RuleWriter WriteDetector(bool negated)
    {
        var detector = _options.Detector;
        return detector.Cidr.IsValid
            ? _nat.Source(detector.Cidr, negated)
            : _nat.InInterface(detector.Interface!, detector.InterfaceIsPrefix, negated); // implemented, so by interface if not by network
    }

    private void WriteExternalChain(in PortScope scope)
    {
        var suffix = " external destinations"u8;
        if (!scope.Port.ExternalPolicyLocal)
        {
            _nat.Append(IptablesNames.External, scope.Hash).Comment("masquerade traffic for "u8, scope.Label, suffix).Jump(IptablesNames.MarkMasq);
        }
        else
        {
            if (_options.Detector.IsImplemented)
            {
                _nat.Append(IptablesNames.External, scope.Hash);
                WriteDetector(negated: false).Comment("pod traffic for "u8, scope.Label, suffix).Jump(IptablesNames.Cluster, scope.Hash);
            }

            _nat.Append(IptablesNames.External, scope.Hash).Comment("masquerade LOCAL traffic for "u8, scope.Label, suffix)
                .SourceIsLocal().Jump(IptablesNames.MarkMasq);
            _nat.Append(IptablesNames.External, scope.Hash).Comment("route LOCAL traffic for "u8, scope.Label, suffix)
                .SourceIsLocal().Jump(IptablesNames.Cluster, scope.Hash);
        }

        if (scope.HasExternal) _nat.Append(IptablesNames.External, scope.Hash).Jump(scope.ExternalPolicyChain, scope.Hash);
    }

    private void WriteFirewallChain(in PortScope scope)
    {
        var nodeMayEnter = false;
        foreach (var range in scope.Port.LoadBalancerSourceRanges)
        {
            WriteFirewallPass(scope, range);
            nodeMayEnter |= range.Contains(scope.NodeAddress);
        }

        // A connection from the node to the load balancer's IP has that IP as its source once the kernel has routed it to itself.
        if (nodeMayEnter)
        {
            foreach (var vip in scope.Port.LoadBalancerVips) WriteFirewallPass(scope, IpPrefix.Host(vip));
        }

        _nat.Append(IptablesNames.LoadBalancerFirewall, scope.Hash)
            .Comment("other traffic to "u8, scope.Label, " will be dropped by KUBE-PROXY-FIREWALL"u8).End();
    }

    private void WriteFirewallPass(in PortScope scope, IpPrefix source) =>
        _nat.Append(IptablesNames.LoadBalancerFirewall, scope.Hash).Source(source).Comment(scope.Label, " loadbalancer IP"u8)
            .Jump(IptablesNames.External, scope.Hash);

    private void WriteEndpointChain(in PortScope scope, in Endpoint endpoint, ReadOnlySpan<byte> hash)
    {
        _nat.Append(IptablesNames.Endpoint, hash).Source(endpoint.Address);
        if (scope.Commented) _nat.Comment(scope.Label);
        _nat.Jump(IptablesNames.MarkMasq);

        _nat.Append(IptablesNames.Endpoint, hash).Protocol(scope.Protocol);
        if (scope.Commented) _nat.Comment(scope.Label);
        if (scope.Port.Affinity.ClientIp) _nat.Recent(IptablesNames.Endpoint, hash, _options.Family, withinSeconds: null);
        Span<byte> id = stackalloc byte[Endpoint.MaxIdLength];
        _nat.ProtocolMatch(scope.Protocol).Dnat(id[..endpoint.FormatId(id)]);
    }
}
