using System.Collections.Immutable;
using Shunt.Model;

namespace Shunt.Backends.Nftables;

/// <summary>What of the desired state decides rules that no Service port has to do with.</summary>
/// <param name="NodePortsEverywhere">Node ports are served at every local address.</param>
/// <param name="ServiceCidrs">The networks cluster IPs are from; empty when they are not known.</param>
internal sealed record BaseSettings(bool NodePortsEverywhere, ImmutableArray<IpPrefix> ServiceCidrs)
{
    /// <summary>Those of a snapshot.</summary>
    public static BaseSettings Of(DesiredState desired) => new(desired.NodePortAddresses.MatchesAll, desired.ServiceCidrs);

    /// <summary>Equality of content.</summary>
    public bool Equals(BaseSettings? other) =>
        other is not null && NodePortsEverywhere == other.NodePortsEverywhere && ServiceCidrs.AsSpan().SequenceEqual(other.ServiceCidrs.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(NodePortsEverywhere, ServiceCidrs.Length);
}
