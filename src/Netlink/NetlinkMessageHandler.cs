namespace Shunt.Netlink;

/// <summary>Takes one message of a dump; keep nothing of it but copies.</summary>
/// <typeparam name="TState">What the handler fills, so that it can be a static lambda.</typeparam>
public delegate void NetlinkMessageHandler<in TState>(TState state, NetlinkMessage message);
