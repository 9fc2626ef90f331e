using Shunt.Model;

namespace Shunt.Backends.Nftables;

/// <summary>What decides the rules besides the desired state; given once.</summary>
public sealed record NftablesOptions
{
    /// <summary>The family the table is for.</summary>
    public required IpFamily Family { get; init; }

    /// <summary>How packets of local pods are told from others.</summary>
    public LocalDetector Detector { get; init; }

    /// <summary>Masquerade all traffic to cluster IPs, whoever sent it.</summary>
    public bool MasqueradeAll { get; init; }

    /// <summary>Which bit of the packet mark asks for masquerading: 0 to 31.</summary>
    public int MasqueradeBit { get; init; } = 14;

    /// <summary>The mark as a number.</summary>
    internal uint MasqueradeMark => 1u << MasqueradeBit;
}
