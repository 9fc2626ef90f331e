namespace Shunt.Model;

/// <summary>The two spellings of a <see cref="Protocol"/>: the API's (<c>TCP</c>) and the rules' (<c>tcp</c>).</summary>
public static class ProtocolNames
{
    /// <summary>The lower-case spelling used in rules and chain-name hashes.</summary>
    public static string ToRuleName(this Protocol protocol) => protocol switch
    {
        Protocol.Tcp => "tcp",
        Protocol.Udp => "udp",
        Protocol.Sctp => "sctp",
        _ => throw new ArgumentOutOfRangeException(nameof(protocol), protocol, null),
    };

    /// <summary>The API's upper-case spelling.</summary>
    public static string ToApiName(this Protocol protocol) => protocol switch
    {
        Protocol.Tcp => "TCP",
        Protocol.Udp => "UDP",
        Protocol.Sctp => "SCTP",
        _ => throw new ArgumentOutOfRangeException(nameof(protocol), protocol, null),
    };

    /// <summary>Reads the API's spelling, which is case-sensitive; false for anything else.</summary>
    public static bool TryParseApiName(ReadOnlySpan<char> text, out Protocol protocol)
    {
        protocol = text switch
        {
            "TCP" => Protocol.Tcp,
            "UDP" => Protocol.Udp,
            "SCTP" => Protocol.Sctp,
            _ => default,
        };
        return protocol != default;
    }
}
