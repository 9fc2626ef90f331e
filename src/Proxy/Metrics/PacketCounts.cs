namespace Shunt.Proxy.Metrics;

/// <summary>What the kernel counted for two of our rules.</summary>
/// <param name="InvalidDropped">Packets dropped because connection tracking called them invalid; null when nothing counts them.</param>
/// <param name="LocalhostNodePortsAccepted">Packets to node ports at 127.0.0.0/8; null when nothing counts them.</param>
internal readonly record struct PacketCounts(ulong? InvalidDropped, ulong? LocalhostNodePortsAccepted);
