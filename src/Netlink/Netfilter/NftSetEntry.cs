namespace Shunt.Netlink.Netfilter;

/// <summary>A set as it was read.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Flags">What it can do.</param>
/// <param name="KeyLength">The length of its keys in bytes.</param>
/// <param name="DataLength">The length of its values in bytes; zero for a set.</param>
public sealed record NftSetEntry(string Name, NftSetFlags Flags, uint KeyLength, uint DataLength);
