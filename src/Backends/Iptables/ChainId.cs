namespace Shunt.Backends.Iptables;

/// <summary>A chain of a table.</summary>
/// <param name="Table">The table.</param>
/// <param name="Name">The chain's name.</param>
public readonly record struct ChainId(IptablesTable Table, string Name);
