using System.Collections.Immutable;
using System.Net.NetworkInformation;
using Shunt.Model;

namespace Shunt.Proxy.Node;

/// <summary>The addresses of this machine's interfaces.</summary>
internal static class NodeAddresses
{
    /// <summary>All addresses of all interfaces, whatever their state, of both families, sorted, each once; without zones.</summary>
    /// <exception cref="NetworkInformationException">The kernel would not say.</exception>
    public static ImmutableArray<IpAddr> Read() =>
    [
        .. NetworkInterface.GetAllNetworkInterfaces()
            .SelectMany(static link => link.GetIPProperties().UnicastAddresses)
            .Select(static unicast => IpAddr.FromBytes(unicast.Address.GetAddressBytes()))
            .Distinct()
            .Order(),
    ];
}
