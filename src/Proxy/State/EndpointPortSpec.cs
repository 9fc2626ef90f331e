using Shunt.Model;

namespace Shunt.Proxy.State;

/// <summary>One element of an EndpointSlice's <c>ports</c>.</summary>
/// <param name="Name">The name, which may be empty.</param>
/// <param name="Protocol">The protocol; TCP when unset.</param>
/// <param name="Port">The port, never zero.</param>
internal readonly record struct EndpointPortSpec(string Name, Protocol Protocol, ushort Port);
