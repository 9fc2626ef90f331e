using Shunt.Model;

namespace Shunt.Testing.Tracing;

/// <summary>What rules have made of a packet so far; the priority is nftables mode's scratch variable.</summary>
internal readonly record struct TraceState(uint Mark, IpAddr Destination, ushort Port, bool Translated, bool Masqueraded, uint Priority = 0);
