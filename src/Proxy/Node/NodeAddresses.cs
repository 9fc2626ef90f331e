using System.Collections.Immutable;
using System.Net.NetworkInformation;
using Shunt.Model;
using Shunt.Netlink;
using Shunt.Netlink.Route;

namespace Shunt.Proxy.Node;

/// <summary>
/// The addresses of this machine's interfaces: all of them, whatever the state of the interface, of both families, sorted, each once, without
/// zones.
/// </summary>
internal static class NodeAddresses
{
    /// <summary>Reads them once, from the kernel or, where it does not let itself be asked, from the files .NET knows.</summary>
    /// <exception cref="NetworkInformationException">They cannot be had at all.</exception>
    public static ImmutableArray<IpAddr> Read()
    {
        try
        {
            using var monitor = AddressMonitor.Open();
            return Read(monitor);
        }
        catch (NetlinkException)
        {
            return ReadWithoutNetlink();
        }
    }

    /// <summary>Reads them once, from the kernel.</summary>
    /// <exception cref="NetlinkException">The kernel would not say.</exception>
    public static ImmutableArray<IpAddr> Read(AddressMonitor monitor) => Sorted(monitor.Read(
        static () => new HashSet<IpAddr>(), static (found, address) => found.Add(IpAddr.FromBytes(address.Bytes))));

    /// <summary>Reads them once, slowly, and without netlink.</summary>
    /// <exception cref="NetworkInformationException">They cannot be had.</exception>
    public static ImmutableArray<IpAddr> ReadWithoutNetlink() => Sorted(
        NetworkInterface.GetAllNetworkInterfaces()
            .SelectMany(static link => link.GetIPProperties().UnicastAddresses)
            .Select(static unicast => IpAddr.FromBytes(unicast.Address.GetAddressBytes()))
            .ToHashSet());

    private static ImmutableArray<IpAddr> Sorted(HashSet<IpAddr> addresses) => [.. addresses.Order()];
}
