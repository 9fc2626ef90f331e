namespace Shunt.Netlink.Netfilter;

/// <summary>A chain as it was read.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Hook">Where packets enter it; null for one that is jumped to.</param>
/// <param name="Accepts">What its rules do not end is accepted; of no meaning where packets do not enter.</param>
public sealed record NftChainEntry(string Name, NftHook? Hook, bool Accepts);
