namespace Shunt.Netlink.Netfilter;

/// <summary>A named counter and its value when it was read.</summary>
/// <param name="Name">The name, unique in its network namespace.</param>
/// <param name="Packets">Packets counted since it was made or reset.</param>
/// <param name="Bytes">Bytes counted since then.</param>
public readonly record struct NfAcctCounter(string Name, ulong Packets, ulong Bytes);
