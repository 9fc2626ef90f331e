namespace Shunt.Netlink.Netfilter;

/// <summary>What the kernel said about a rule that asked for it.</summary>
/// <param name="Message">Which rule: what <see cref="NftBatch.AddRule(string, NftPlace, NftNewRule)"/> gave.</param>
/// <param name="Handle">The handle it has got.</param>
public readonly record struct NftEcho(uint Message, ulong Handle);
