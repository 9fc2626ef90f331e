using Shunt.Model;

namespace Shunt.Proxy.State;

/// <summary>One element of a Service's <c>spec.ports</c>.</summary>
/// <param name="Name">The name; empty when unset.</param>
/// <param name="Protocol">The protocol; TCP when unset.</param>
/// <param name="Port">The port.</param>
/// <param name="NodePort">The node port; zero when unset.</param>
internal readonly record struct ServicePortSpec(string Name, Protocol Protocol, ushort Port, ushort NodePort);
