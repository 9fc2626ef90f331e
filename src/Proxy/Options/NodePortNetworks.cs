using System.Collections.Immutable;
using Shunt.Model;

namespace Shunt.Proxy.Options;

/// <summary>The value of <c>--nodeport-addresses</c>, or <c>nodePortAddresses</c>: at which of the node's addresses node ports are served.</summary>
/// <param name="Primary">The value was <c>primary</c>: only at the node's own addresses.</param>
/// <param name="Cidrs">The networks of both families, in order; empty, without <paramref name="Primary"/>, for everywhere.</param>
internal sealed record NodePortNetworks(bool Primary, ImmutableArray<IpPrefix> Cidrs)
{
    /// <summary>The word for the node's own addresses.</summary>
    public const string PrimaryWord = "primary";

    /// <summary>At every address: the default in iptables mode.</summary>
    public static NodePortNetworks Everywhere { get; } = new(false, []);

    /// <summary>One of the networks is of loopback addresses of the family; everywhere is not meant so.</summary>
    public bool NamesLoopback(IpFamily family) => Cidrs.Any(cidr => cidr.Family == family && cidr.Address.IsLoopback);

    /// <summary>The flag as a user would write it.</summary>
    public override string ToString() =>
        string.Join(',', (Primary ? [PrimaryWord] : Array.Empty<string>()).Concat(Cidrs.Select(static c => c.ToString())));
}
