using System.Globalization;
using Shunt.Model;

namespace Shunt.Testing.Tracing;

/// <summary>The first packet of a flow, as far as rules look at it.</summary>
public sealed record TracedPacket(Protocol Protocol, IpAddr Source, IpAddr Destination, ushort Port)
{
    /// <summary>The interface it arrives on; a rule with <c>-i</c> matches nothing when it is empty.</summary>
    public string InInterface { get; init; } = "";

    /// <summary>What connection tracking makes of it.</summary>
    public string ConntrackState { get; init; } = "NEW";

    /// <summary>A packet from an address to <c>address:port</c> or <c>[address]:port</c>.</summary>
    public static TracedPacket Of(Protocol protocol, string source, string to)
    {
        var (address, port) = ParseSocketAddress(to);
        return new TracedPacket(protocol, IpAddr.Parse(source), address, port);
    }

    internal static (IpAddr Address, ushort Port) ParseSocketAddress(string text)
    {
        var colon = text.LastIndexOf(':');
        return (IpAddr.Parse(text[..colon].Trim('[', ']')), ushort.Parse(text.AsSpan(colon + 1), CultureInfo.InvariantCulture));
    }
}
