using Shunt.Model;

namespace Shunt.Backends.Iptables;

/// <content>The rules in chains that all Services share: what leads a packet to its Service, or ends it.</content>
public sealed partial class IptablesCompiler
{
    private static readonly IpPrefix Localhost = IpPrefix.Parse("127.0.0.0/8");

    private static ReadOnlySpan<byte> Drop => "DROP"u8;

    private static ReadOnlySpan<byte> Accept => "ACCEPT"u8;

    /// <summary>The nat rules that lead to the Service port's chains.</summary>
    private void WriteDispatch(in PortScope scope)
    {
        var port = scope.Port;
        if (scope.HasInternal)
        {
            WriteFrontend(scope, port.ClusterIp, " cluster IP"u8).Jump(scope.InternalChain, scope.Hash);
        }

        if (!scope.Selection.HasAny) return;
        foreach (var ip in port.ExternalIps)
        {
            WriteFrontend(scope, ip, " external IP"u8).Jump(IptablesNames.External, scope.Hash);
        }

        foreach (var vip in port.LoadBalancerVips)
        {
            WriteFrontend(scope, vip, " loadbalancer IP"u8)
                .Jump(scope.UsesFirewall ? IptablesNames.LoadBalancerFirewall : IptablesNames.External, scope.Hash);
        }

        if (port.NodePort != 0) WriteNodePort(scope);
    }

    private void WriteNodePort(in PortScope scope)
    {
        var protocol = scope.Protocol;
        if (_options is { Family: IpFamily.IPv4, LocalhostNodePorts: true, CountsWithNfAcct: true })
        {
            _nat.Append(IptablesNames.NodePorts).Destination(Localhost).Protocol(protocol).Comment(scope.Label)
                .DestinationPort(protocol, scope.Port.NodePort).NfAcct(IptablesNames.LocalhostNodePortsCounter)
                .Jump(IptablesNames.External, scope.Hash);
        }

        _nat.Append(IptablesNames.NodePorts).Protocol(protocol).Comment(scope.Label)
            .DestinationPort(protocol, scope.Port.NodePort).Jump(IptablesNames.External, scope.Hash);
    }

    /// <summary>The filter rules: what is rejected, dropped or let in.</summary>
    private void WriteVerdicts(in PortScope scope)
    {
        var port = scope.Port;
        if (!scope.HasInternal) End(WriteFrontend(_filter, IptablesNames.Services, scope, port.ClusterIp, Why(scope)), scope);
        if (!scope.HasExternal) WriteExternalVerdicts(scope);
        if (scope.UsesFirewall)
        {
            foreach (var vip in port.LoadBalancerVips)
            {
                _filter.Append(IptablesNames.ProxyFirewall).Destination(vip).Protocol(scope.Protocol)
                    .Raw(" -m comment --comment \""u8).Raw(scope.Label).Raw(" traffic not accepted by KUBE-FW-"u8).Raw(scope.Hash).Raw("\""u8)
                    .DestinationPort(scope.Protocol, port.Port).Jump(Drop);
            }
        }

        if (port.HealthCheckNodePort == 0) return;
        _filter.Append(IptablesNames.NodePorts).Protocol(Protocol.Tcp).Comment(scope.Label, " health check node port"u8)
            .DestinationPort(Protocol.Tcp, port.HealthCheckNodePort).Jump(Accept);
    }

    private void WriteExternalVerdicts(in PortScope scope)
    {
        var port = scope.Port;
        foreach (var ip in port.ExternalIps) End(WriteFrontend(_filter, IptablesNames.ExternalServices, scope, ip, Why(scope)), scope);
        foreach (var vip in port.LoadBalancerVips) End(WriteFrontend(_filter, IptablesNames.ExternalServices, scope, vip, Why(scope)), scope);
        if (port.NodePort == 0) return;
        var rule = _filter.Append(IptablesNames.ExternalServices).Protocol(scope.Protocol).Comment(scope.Label, Why(scope))
            .DestinationIsLocal().DestinationPort(scope.Protocol, port.NodePort);
        End(rule, scope);
    }

    /// <summary>A rule that leads from an address to the Service port's chains, up to its target.</summary>
    private RuleWriter WriteFrontend(in PortScope scope, IpAddr address, ReadOnlySpan<byte> purpose)
    {
        if (!_tree) return WriteFrontend(_nat, IptablesNames.Services, scope, address, purpose);
        _dispatched.Add(address);
        Span<byte> name = stackalloc byte[IptablesNames.MaxLength];
        return WriteFrontend(_nat, DispatchTree.ChainOf(address, name), scope, address, purpose);
    }

    /// <summary>A rule for one address and the Service port, up to its target.</summary>
    private static RuleWriter WriteFrontend(
        RuleWriter rules, ReadOnlySpan<byte> chain, in PortScope scope, IpAddr address, ReadOnlySpan<byte> purpose) =>
        rules.Append(chain).Destination(address).Protocol(scope.Protocol).Comment(scope.Label, purpose)
            .DestinationPort(scope.Protocol, scope.Port.Port);

    private static ReadOnlySpan<byte> Why(in PortScope scope) =>
        scope.Selection.HasAny ? " has no local endpoints"u8 : " has no endpoints"u8;

    private void End(RuleWriter rule, in PortScope scope)
    {
        if (scope.Selection.HasAny) rule.Jump(Drop);
        else rule.Reject(_options.Family);
    }
}
