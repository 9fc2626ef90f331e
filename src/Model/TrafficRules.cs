using System.Collections.Immutable;

namespace Shunt.Model;

/// <summary>What beside the Services decides what becomes of a packet: settings, and the machine.</summary>
public sealed record TrafficRules
{
    /// <summary>How packets from this node's own pods are told from others.</summary>
    public LocalDetector LocalDetector { get; init; }

    /// <summary>All traffic to cluster IPs is masqueraded.</summary>
    public bool MasqueradeAll { get; init; }

    /// <summary>
    /// IPv4 node ports are served at 127.0.0.0/8 too, and packets from elsewhere to there are kept out. In force: the setting alone is not
    /// enough, the node port addresses must hold a loopback address.
    /// </summary>
    public bool LocalhostNodePorts { get; init; }

    /// <summary>
    /// As kube-proxy's nftables mode does it, where that differs by design: source ranges apply ahead of everything, with endpoints or without;
    /// other ports of cluster IPs are rejected, and cluster IPs that nobody has dropped; node ports are refused only where they are served;
    /// health checks are nobody's business; only endpoints on this node reach themselves; and of several Services at one address the first has it.
    /// </summary>
    public bool NftablesMode { get; init; }

    /// <summary>The addresses of the node's interfaces; loopback goes without saying.</summary>
    public ImmutableArray<IpAddr> LocalAddresses { get; init; } = [];

    /// <summary>Packets to this address are for the node itself.</summary>
    public bool IsLocal(IpAddr address) => address.IsLoopback || LocalAddresses.Contains(address);

    /// <summary>The packet is known to come from one of this node's pods.</summary>
    public bool IsFromLocalPod(in Packet packet)
    {
        if (LocalDetector.Interface is not { } name) return LocalDetector.Cidr.Contains(packet.Source);
        if (packet.IsLocallyGenerated) return false;
        return LocalDetector.InterfaceIsPrefix
            ? packet.InputInterface!.StartsWith(name, StringComparison.Ordinal) // not null: it came in by an interface
            : packet.InputInterface == name;
    }
}
