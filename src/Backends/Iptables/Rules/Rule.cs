using Shunt.Model;

namespace Shunt.Backends.Iptables.Rules;

/// <summary>
/// A rule as both kernel interfaces need it: between the line that iptables-save prints and the bytes of either. It knows the words that rules
/// of ours have, and no others. Reused from one rule to the next.
/// </summary>
internal sealed class Rule
{
    /// <summary>The chain it is in.</summary>
    public ReadOnlyMemory<byte> Chain { get; set; }

    /// <summary>The source; the default for any.</summary>
    public IpPrefix Source { get; set; }

    /// <summary>It matches every other source.</summary>
    public bool SourceIsNegated { get; set; }

    /// <summary>The destination; the default for any.</summary>
    public IpPrefix Destination { get; set; }

    /// <summary>It matches every other destination.</summary>
    public bool DestinationIsNegated { get; set; }

    /// <summary>The interface the packet came in by, or how its name begins; empty for any.</summary>
    public ReadOnlyMemory<byte> Interface { get; set; }

    /// <summary><see cref="Interface"/> is how the name begins.</summary>
    public bool InterfaceIsPrefix { get; set; }

    /// <summary>It matches every other interface.</summary>
    public bool InterfaceIsNegated { get; set; }

    /// <summary>The transport protocol; null for any.</summary>
    public Protocol? Protocol { get; set; }

    /// <summary>The matches in their order.</summary>
    public List<RuleMatch> Matches { get; } = [];

    /// <summary>What becomes of a packet that matches.</summary>
    public RuleTarget Target { get; set; }

    /// <summary>Becomes a rule of a chain that matches everything and does nothing.</summary>
    public void Reset(ReadOnlyMemory<byte> chain)
    {
        Chain = chain;
        Source = Destination = default;
        SourceIsNegated = DestinationIsNegated = false;
        Interface = default;
        InterfaceIsPrefix = InterfaceIsNegated = false;
        Protocol = null;
        Matches.Clear();
        Target = default;
    }
}
