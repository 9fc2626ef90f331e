namespace Shunt.Netlink.Route;

/// <summary>Takes one address of a dump; keep nothing of it but copies.</summary>
/// <typeparam name="TState">What the handler fills, so that it can be a static lambda.</typeparam>
public delegate void InterfaceAddressHandler<in TState>(TState state, InterfaceAddress address);
