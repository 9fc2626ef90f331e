namespace Shunt.Backends.Iptables;

/// <summary>What can be done to a chain, in the order in which a transaction does it.</summary>
internal enum ChainOpKind
{
    /// <summary>Make the chain.</summary>
    Create,

    /// <summary>Empty the chain.</summary>
    Flush,

    /// <summary>Put rules at its end.</summary>
    Append,

    /// <summary>Put a rule on top.</summary>
    InsertFirst,

    /// <summary>Put a rule before the one with a number.</summary>
    InsertAt,

    /// <summary>Put a rule in the place of the one with a number.</summary>
    ReplaceAt,

    /// <summary>Take out the first rule that says this.</summary>
    Delete,

    /// <summary>Take out the rule with a number.</summary>
    DeleteAt,

    /// <summary>Put rules at its end when all else has been put in.</summary>
    AppendLast,

    /// <summary>Remove the chain, which has been emptied.</summary>
    Remove,
}
