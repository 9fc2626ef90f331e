using System.Collections.Immutable;
using Shunt.Model;

namespace Shunt.Backends.Nftables;

/// <summary>
/// The table of one family: what all share, and a fragment for each Service port; or, when it was read from the kernel, an image of which nobody
/// has said yet whose its elements are. Immutable; unchanged fragments are the same object from one program to the next.
/// </summary>
public sealed record NftablesProgram : IProgram<NftablesDelta>
{
    /// <summary>A kernel in which there is nothing.</summary>
    public static NftablesProgram Nothing { get; } = new() { Image = new NftablesImage() };

    /// <summary>The chains and sets; null in a program that was read from the kernel.</summary>
    internal NftablesBase? Base { get; init; }

    /// <summary>The fragments of the Service ports, in key order.</summary>
    internal ImmutableSortedDictionary<ServicePortName, NftablesFragment> Services { get; init; } =
        ImmutableSortedDictionary.Create<ServicePortName, NftablesFragment>(null, ReferenceEqualityComparer.Instance);

    /// <summary>The addresses that serve node ports; empty when all do.</summary>
    internal ImmutableArray<IpAddr> NodePortIps { get; init; } = [];

    /// <summary>The node's own address.</summary>
    internal IpAddr Node { get; init; }

    /// <summary>The Service ports whose fragments changed with others', relative to the program this was made from.</summary>
    internal ImmutableArray<ServicePortName> Affected { get; init; } = [];

    /// <summary>Who has which frontend, as of <see cref="ClaimsVersion"/>.</summary>
    internal FrontendClaims? Claims { get; init; }

    /// <summary>With another version than this, <see cref="Claims"/> are those of another program.</summary>
    internal long ClaimsVersion { get; init; }

    /// <summary>What was read from the kernel; null in a program that was compiled.</summary>
    internal NftablesImage? Image { get; init; }

    /// <inheritdoc/>
    public ImmutableArray<TableCount> Count(NftablesDelta written) => [];
}
