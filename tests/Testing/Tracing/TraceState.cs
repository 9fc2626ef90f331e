using Shunt.Model;

namespace Shunt.Testing.Tracing;

/// <summary>What rules have made of a packet so far.</summary>
internal readonly record struct TraceState(uint Mark, IpAddr Destination, ushort Port, bool Translated, bool Masqueraded);
