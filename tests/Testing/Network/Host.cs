using System.Net;

namespace Shunt.Testing.Network;

/// <summary>A pod, a backend or the outside client: a namespace with one address of each family.</summary>
public sealed record Host(string Name, ScratchNamespace Namespace, IPAddress V4, IPAddress V6);
