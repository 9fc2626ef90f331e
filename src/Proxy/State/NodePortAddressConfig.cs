using System.Collections.Immutable;
using Shunt.Model;

namespace Shunt.Proxy.State;

/// <summary>The setting <c>nodePortAddresses</c>. <c>default</c>-like (neither) means every address.</summary>
/// <param name="Primary">It is the single word <c>primary</c>: the node's own addresses.</param>
/// <param name="Cidrs">Otherwise, the networks, of both families; empty for every address.</param>
internal sealed record NodePortAddressConfig(bool Primary, ImmutableArray<IpPrefix> Cidrs)
{
    /// <summary>Not set.</summary>
    public static NodePortAddressConfig Unset { get; } = new(false, []);
}
