using System.Net;
using Shunt.Netlink;

namespace Shunt.Proxy.Demo;

/// <summary>A pod: a name, an address, and the network namespace that holds it.</summary>
internal sealed record DemoPod(string Name, IPAddress Address, NetNamespace Network);
