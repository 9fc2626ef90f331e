namespace Shunt.Netlink.Netfilter;

/// <summary>What a table consists of.</summary>
public enum NftObject
{
    /// <summary>The table itself.</summary>
    Table,

    /// <summary>A chain.</summary>
    Chain,

    /// <summary>A rule of a chain.</summary>
    Rule,

    /// <summary>A set or map.</summary>
    Set,

    /// <summary>An element of a set.</summary>
    Element,
}
