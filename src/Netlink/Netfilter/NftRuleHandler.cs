namespace Shunt.Netlink.Netfilter;

/// <summary>Takes one rule of a dump; keep nothing of it but copies.</summary>
/// <typeparam name="TState">What the handler fills, so that it can be a static lambda.</typeparam>
public delegate void NftRuleHandler<in TState>(TState state, NftRuleEntry rule);
