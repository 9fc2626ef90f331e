using System.Collections.Immutable;
using Shunt.Model;

namespace Shunt.Backends.Iptables;

/// <summary>
/// All rules of one family: what is shared and one block for each Service port; or, when it was read from the kernel, chains of which nobody
/// has said yet whose they are. Immutable; unchanged blocks are the same object from one program to the next.
/// </summary>
public sealed record IptablesProgram : IProgram<IptablesDelta>
{
    /// <summary>A kernel in which there is nothing.</summary>
    public static IptablesProgram Nothing { get; } = new() { Unclaimed = IptablesDump.Empty };

    /// <summary>What belongs to no Service; null in a program that was read from the kernel.</summary>
    public IptablesBase? Base { get; init; }

    /// <summary>The blocks of the Service ports, in key order.</summary>
    public ImmutableSortedDictionary<ServicePortName, RuleBlock> Services { get; init; } = ImmutableSortedDictionary<ServicePortName, RuleBlock>.Empty;

    /// <summary>The chains that lead to the rules of Services; null where KUBE-SERVICES has these itself.</summary>
    public DispatchTree? Dispatch { get; init; }

    /// <summary>What was read from the kernel; null in a program that was compiled.</summary>
    public IptablesDump? Unclaimed { get; init; }

    /// <summary>How many rules <see cref="Base"/> and <see cref="Services"/> have in all; the rules that lead to our chains do not count.</summary>
    internal RuleCounts Counts { get; init; }

    /// <inheritdoc/>
    public ImmutableArray<TableCount> Count(IptablesDelta written)
    {
        var sent = RuleCounts.Written(written);
        return [new TableCount("filter", Counts.Filter, sent.Filter), new TableCount("nat", Counts.Nat + (Dispatch?.Count ?? 0), sent.Nat)];
    }
}
