using Shunt.Model;

namespace Shunt.Backends.Iptables;

/// <summary>What decides the rules besides the desired state; given once.</summary>
public sealed record IptablesOptions
{
    /// <summary>The family the rules are for.</summary>
    public required IpFamily Family { get; init; }

    /// <summary>How packets of local pods are told from others.</summary>
    public LocalDetector Detector { get; init; }

    /// <summary>Masquerade all traffic to cluster IPs, whoever sent it.</summary>
    public bool MasqueradeAll { get; init; }

    /// <summary>Which bit of the packet mark asks for masquerading: 0 to 31.</summary>
    public int MasqueradeBit { get; init; } = 14;

    /// <summary>Serve node ports on 127.0.0.1 too; IPv4 only, and it takes the sysctl route_localnet.</summary>
    public bool LocalhostNodePorts { get; init; }

    /// <summary>The tool knows <c>MASQUERADE --random-fully</c> (since 1.6.2).</summary>
    public bool RandomFully { get; init; } = true;

    /// <summary>The sysctl nf_conntrack_tcp_be_liberal is on, so packets conntrack calls invalid are not dropped.</summary>
    public bool ConntrackTcpLiberal { get; init; }

    /// <summary>The kernel can count in nfacct objects, so the two counters kube-proxy keeps are kept.</summary>
    public bool CountsWithNfAcct { get; init; } = true;

    /// <summary>How a new connection finds the rules of its Service.</summary>
    public IptablesDispatch Dispatch { get; init; } = IptablesDispatch.Linear;

    /// <summary>The mark as rules spell it.</summary>
    internal uint MasqueradeMark => 1u << MasqueradeBit;
}
