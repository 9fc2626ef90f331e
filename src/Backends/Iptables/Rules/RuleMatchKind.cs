namespace Shunt.Backends.Iptables.Rules;

/// <summary>What a rule can ask of a packet besides addresses, interface and protocol.</summary>
internal enum RuleMatchKind
{
    /// <summary>Nothing: a note (<c>-m comment</c>).</summary>
    Comment,

    /// <summary>The protocol's own match (<c>-m tcp</c>), with or without a destination port.</summary>
    Transport,

    /// <summary>One packet in some, at random (<c>-m statistic --mode random</c>).</summary>
    Random,

    /// <summary>The source is in a list since not too long ago (<c>-m recent --rcheck --seconds --reap</c>).</summary>
    RecentCheck,

    /// <summary>Nothing: puts the source into a list (<c>-m recent --set</c>).</summary>
    RecentSet,

    /// <summary>The source is one of this machine's addresses (<c>-m addrtype --src-type LOCAL</c>).</summary>
    SourceIsLocal,

    /// <summary>The destination is one of this machine's addresses (<c>-m addrtype --dst-type LOCAL</c>).</summary>
    DestinationIsLocal,

    /// <summary>What conntrack thinks of the packet (<c>-m conntrack --ctstate</c>).</summary>
    ConntrackState,

    /// <summary>The packet's mark (<c>-m mark</c>).</summary>
    Mark,

    /// <summary>Nothing: counts in a named counter (<c>-m nfacct</c>).</summary>
    Counter,
}
