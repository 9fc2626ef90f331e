namespace Shunt.Model;

/// <summary>The first packet of a connection, as far as a service proxy looks at it.</summary>
/// <param name="Protocol">The transport protocol.</param>
/// <param name="Source">Who sent it.</param>
/// <param name="Destination">Where to; of the same family.</param>
/// <param name="DestinationPort">Which port there.</param>
/// <param name="InputInterface">The interface it came in by; null when a process on the node sent it.</param>
public readonly record struct Packet(
    Protocol Protocol, IpAddr Source, IpAddr Destination, ushort DestinationPort, string? InputInterface = null)
{
    /// <summary>The address family.</summary>
    public IpFamily Family => Destination.Family;

    /// <summary>A process on the node sent it.</summary>
    public bool IsLocallyGenerated => string.IsNullOrEmpty(InputInterface);
}
