namespace Shunt.Netlink.Netfilter;

/// <summary>Where and when packets enter a base chain.</summary>
/// <param name="Type">What the chain may do.</param>
/// <param name="Hook">Where.</param>
/// <param name="Priority">In which order with other chains there: the lower, the earlier.</param>
public readonly record struct NftHook(NftChainType Type, NftHookNumber Hook, int Priority);
