namespace Shunt.Netlink.Conntrack;

/// <summary>Takes one entry of a dump; keep nothing of it but copies.</summary>
/// <typeparam name="TState">What the handler fills, so that it can be a static lambda.</typeparam>
public delegate void ConntrackHandler<in TState>(TState state, ConntrackEntry entry);
