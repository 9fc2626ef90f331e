using System.Globalization;
using Shunt.Model;

namespace Shunt.Testing.Tracing;

/// <summary>One thing that can become of a packet.</summary>
/// <param name="Kind">What.</param>
/// <param name="Address">Where it is sent instead; only for <see cref="TraceOutcomeKind.Translated"/>.</param>
/// <param name="Port">The port there.</param>
/// <param name="Masqueraded">Its source address is replaced by the node's.</param>
public readonly record struct TraceOutcome(TraceOutcomeKind Kind, IpAddr Address = default, ushort Port = 0, bool Masqueraded = false)
{
    /// <summary><c>10.180.0.1:80</c>, <c>REJECT</c>, <c>DROP</c>, <c>ACCEPT</c>, or nothing when no rule cared.</summary>
    public override string ToString() => Kind switch
    {
        TraceOutcomeKind.Translated when Address.Family == IpFamily.IPv6 => string.Create(CultureInfo.InvariantCulture, $"[{Address}]:{Port}"),
        TraceOutcomeKind.Translated => string.Create(CultureInfo.InvariantCulture, $"{Address}:{Port}"),
        TraceOutcomeKind.Unhandled => "",
        _ => Kind.ToString().ToUpperInvariant(),
    };
}
