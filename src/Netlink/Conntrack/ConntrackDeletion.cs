namespace Shunt.Netlink.Conntrack;

/// <summary>What became of entries that were to be deleted.</summary>
/// <param name="Deleted">How many were there and are not any more.</param>
/// <param name="Refusal">Why the kernel would not delete one of the others; <see cref="NetlinkErrno.None"/> when all are gone.</param>
public readonly record struct ConntrackDeletion(int Deleted, NetlinkErrno Refusal);
