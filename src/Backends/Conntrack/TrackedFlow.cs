using Shunt.Model;

namespace Shunt.Backends.Conntrack;

/// <summary>What of a tracked flow decides whether it is stale.</summary>
/// <param name="Protocol">Its protocol.</param>
/// <param name="Destination">The address its client sends to.</param>
/// <param name="DestinationPort">The port its client sends to.</param>
/// <param name="Answerer">The address that its packets are delivered to, and that answers.</param>
/// <param name="AnswererPort">The port that its packets are delivered to.</param>
public readonly record struct TrackedFlow(
    Protocol Protocol, IpAddr Destination, ushort DestinationPort, IpAddr Answerer, ushort AnswererPort)
{
    /// <summary>
    /// Somebody translated its destination. Told by the addresses and not by the status bit of DNAT: IPVS leaves that bit alone. Who
    /// masqueraded it, if anybody, changes only where answers go, and is of no interest.
    /// </summary>
    public bool IsTranslated => DestinationPort != AnswererPort || Destination != Answerer;

    /// <summary>Like <c>Udp 10.96.0.1:53 by 10.244.1.11:5353</c>, for the log.</summary>
    public override string ToString() =>
        $"{Protocol} {new Endpoint(Destination, DestinationPort)} by {new Endpoint(Answerer, AnswererPort)}";
}
