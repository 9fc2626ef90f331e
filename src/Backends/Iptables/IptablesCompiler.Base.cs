using System.Collections.Immutable;
using Shunt.Model;

namespace Shunt.Backends.Iptables;

/// <content>What belongs to no Service.</content>
public sealed partial class IptablesCompiler
{
    /// <summary>The chains that belong to no Service, in the order they are made.</summary>
    internal static readonly ImmutableArray<ChainId> Chains =
    [
        new(IptablesTable.Mangle, "KUBE-PROXY-CANARY"),
        new(IptablesTable.Filter, "KUBE-PROXY-CANARY"),
        new(IptablesTable.Filter, "KUBE-EXTERNAL-SERVICES"),
        new(IptablesTable.Filter, "KUBE-NODEPORTS"),
        new(IptablesTable.Filter, "KUBE-SERVICES"),
        new(IptablesTable.Filter, "KUBE-FORWARD"),
        new(IptablesTable.Filter, "KUBE-PROXY-FIREWALL"),
        new(IptablesTable.Filter, "KUBE-FIREWALL"),
        new(IptablesTable.Nat, "KUBE-PROXY-CANARY"),
        new(IptablesTable.Nat, "KUBE-SERVICES"),
        new(IptablesTable.Nat, "KUBE-NODEPORTS"),
        new(IptablesTable.Nat, "KUBE-POSTROUTING"),
        new(IptablesTable.Nat, "KUBE-MARK-MASQ"),
    ];

    private static readonly ImmutableArray<(IptablesTable Table, ReadOnlyMemory<byte> Rules)> Hooks =
    [
        Hook(IptablesTable.Filter, "INPUT -m conntrack --ctstate NEW", "kubernetes externally-visible service portals", "KUBE-EXTERNAL-SERVICES"),
        Hook(IptablesTable.Filter, "FORWARD -m conntrack --ctstate NEW", "kubernetes externally-visible service portals", "KUBE-EXTERNAL-SERVICES"),
        Hook(IptablesTable.Filter, "INPUT", "kubernetes health check service ports", "KUBE-NODEPORTS"),
        Hook(IptablesTable.Filter, "FORWARD -m conntrack --ctstate NEW", "kubernetes service portals", "KUBE-SERVICES"),
        Hook(IptablesTable.Filter, "OUTPUT -m conntrack --ctstate NEW", "kubernetes service portals", "KUBE-SERVICES"),
        Hook(IptablesTable.Filter, "FORWARD", "kubernetes forwarding rules", "KUBE-FORWARD"),
        Hook(IptablesTable.Filter, "INPUT -m conntrack --ctstate NEW", "kubernetes load balancer firewall", "KUBE-PROXY-FIREWALL"),
        Hook(IptablesTable.Filter, "OUTPUT -m conntrack --ctstate NEW", "kubernetes load balancer firewall", "KUBE-PROXY-FIREWALL"),
        Hook(IptablesTable.Filter, "FORWARD -m conntrack --ctstate NEW", "kubernetes load balancer firewall", "KUBE-PROXY-FIREWALL"),
        Hook(IptablesTable.Nat, "OUTPUT", "kubernetes service portals", "KUBE-SERVICES"),
        Hook(IptablesTable.Nat, "PREROUTING", "kubernetes service portals", "KUBE-SERVICES"),
        Hook(IptablesTable.Nat, "POSTROUTING", "kubernetes postrouting rules", "KUBE-POSTROUTING"),
        Hook(IptablesTable.Filter, "INPUT", "", "KUBE-FIREWALL"),
        Hook(IptablesTable.Filter, "OUTPUT", "", "KUBE-FIREWALL"),
    ];

    private static (IptablesTable Table, ReadOnlyMemory<byte> Rules) Hook(IptablesTable table, string match, string comment, string target)
    {
        var words = comment.Length == 0 ? "" : $" -m comment --comment \"{comment}\"";
        return (table, System.Text.Encoding.ASCII.GetBytes($"-A {match}{words} -j {target}\n"));
    }

    private IptablesBase CompileBase(NodePortAddresses nodePorts)
    {
        _filter.Clear();
        _nat.Clear();
        WriteFixedFilter();
        WriteFixedNat();
        var fixedRules = new RuleBlock(_filter.ToMemory(), _nat.ToMemory());
        _nat.Clear();
        WriteTail(nodePorts);
        return new IptablesBase { Chains = Chains, Hooks = Hooks, Fixed = fixedRules, Tail = _nat.ToMemory() };
    }

    private void WriteFixedFilter()
    {
        if (_options is { Family: IpFamily.IPv4, LocalhostNodePorts: true })
        {
            _filter.Append(IptablesNames.Firewall).Source(Localhost, negated: true).Destination(Localhost)
                .Comment("block incoming localnet connections"u8)
                .Raw(" -m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT"u8).Jump(Drop);
        }

        if (!_options.ConntrackTcpLiberal)
        {
            _filter.Append(IptablesNames.Forward).Raw(" -m conntrack --ctstate INVALID"u8);
            if (_options.CountsWithNfAcct) _filter.NfAcct(IptablesNames.InvalidDroppedCounter);
            _filter.Jump(Drop);
        }

        _filter.Append(IptablesNames.Forward).Comment("kubernetes forwarding rules"u8).Raw(" -m mark --mark 0x"u8).Hex(_options.MasqueradeMark)
            .Raw("/0x"u8).Hex(_options.MasqueradeMark).Jump(Accept);
        _filter.Append(IptablesNames.Forward).Comment("kubernetes forwarding conntrack rule"u8)
            .Raw(" -m conntrack --ctstate RELATED,ESTABLISHED"u8).Jump(Accept);
    }

    private void WriteFixedNat()
    {
        var mark = _options.MasqueradeMark;
        _nat.Append(IptablesNames.Postrouting).Raw(" -m mark ! --mark 0x"u8).Hex(mark).Raw("/0x"u8).Hex(mark).Jump("RETURN"u8);
        _nat.Append(IptablesNames.Postrouting).Raw(" -j MARK --set-xmark 0x"u8).Hex(mark).Raw("/0x0"u8).End();
        _nat.Append(IptablesNames.Postrouting).Comment("kubernetes service traffic requiring SNAT"u8).Raw(" -j MASQUERADE"u8)
            .Raw(_options.RandomFully ? " --random-fully"u8 : []).End();
        _nat.Append(IptablesNames.MarkMasq).Raw(" -j MARK --set-xmark 0x"u8).Hex(mark).Raw("/0x"u8).Hex(mark).End();
    }

    /// <summary>What must stay the end of nat KUBE-SERVICES.</summary>
    private void WriteTail(NodePortAddresses nodePorts)
    {
        var comment = "kubernetes service nodeports; NOTE: this must be the last rule in this chain"u8;
        if (nodePorts.MatchesAll)
        {
            _nat.Append(IptablesNames.Services);
            if (_options.Family == IpFamily.IPv6) _nat.Destination(IpPrefix.Parse("::1/128"), negated: true);
            else if (!_options.LocalhostNodePorts) _nat.Destination(Localhost, negated: true);
            _nat.Comment(comment).DestinationIsLocal().Jump(IptablesNames.NodePorts);
            return;
        }

        foreach (var address in nodePorts.Addresses)
        {
            if (address.IsLoopback && (_options.Family == IpFamily.IPv6 || !_options.LocalhostNodePorts)) continue;
            _nat.Append(IptablesNames.Services).Destination(address).Comment(comment).Jump(IptablesNames.NodePorts);
        }
    }
}
