using System.Collections.Immutable;

namespace Shunt.Backends.Iptables;

/// <summary>What iptables-save printed: the chains of the tables we use, ours and others'.</summary>
public sealed class IptablesDump
{
    /// <summary>No chains at all.</summary>
    public static IptablesDump Empty { get; } = new([]);

    /// <summary>A dump of these chains.</summary>
    public IptablesDump(ImmutableArray<DumpedChain> chains) => Chains = chains;

    /// <summary>The chains in the order they were printed.</summary>
    public ImmutableArray<DumpedChain> Chains { get; }
}
