namespace Shunt.Backends.Iptables.Rules;

/// <summary>What a rule does with a packet that matches.</summary>
internal enum RuleTargetKind
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Goes through another chain.</summary>
    Jump,

    /// <summary>Lets it pass the table.</summary>
    Accept,

    /// <summary>Drops it.</summary>
    Drop,

    /// <summary>Goes back to the chain it came from.</summary>
    Return,

    /// <summary>Changes its mark.</summary>
    Mark,

    /// <summary>Gives it a source address of this machine.</summary>
    Masquerade,

    /// <summary>Answers that nobody listens on the port.</summary>
    Reject,

    /// <summary>Gives it another destination.</summary>
    Dnat,
}
