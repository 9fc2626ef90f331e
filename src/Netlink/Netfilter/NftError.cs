namespace Shunt.Netlink.Netfilter;

/// <summary>What the kernel would not take of a transaction, of which then nothing is in force.</summary>
/// <param name="Errno">Why.</param>
/// <param name="Owner">Whose it is (<see cref="NftBatch.Owner"/>); -1 when the kernel does not say which of several.</param>
/// <param name="Subject">What it is: "element of set x", "rule of chain y".</param>
public sealed record NftError(NetlinkErrno Errno, int Owner, string Subject);
