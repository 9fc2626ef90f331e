using System.Security.Cryptography;
using System.Text;
using Shunt.Model;

namespace Shunt.Backends.Iptables;

/// <summary>The names of chains, exactly kube-proxy's.</summary>
internal static class IptablesNames
{
    /// <summary>How many characters of a hash make part of a name.</summary>
    public const int HashLength = 16;

    /// <summary>The counter of packets dropped because conntrack calls them invalid.</summary>
    public const string InvalidDroppedCounter = "ct_state_invalid_dropped_pkts";

    /// <summary>The counter of packets to node ports on localhost.</summary>
    public const string LocalhostNodePortsCounter = "localhost_nps_accepted_pkts";

    private const int MaxStackInput = 512;

    public static ReadOnlySpan<byte> Services => "KUBE-SERVICES"u8;

    public static ReadOnlySpan<byte> ExternalServices => "KUBE-EXTERNAL-SERVICES"u8;

    public static ReadOnlySpan<byte> NodePorts => "KUBE-NODEPORTS"u8;

    public static ReadOnlySpan<byte> Forward => "KUBE-FORWARD"u8;

    public static ReadOnlySpan<byte> ProxyFirewall => "KUBE-PROXY-FIREWALL"u8;

    public static ReadOnlySpan<byte> Firewall => "KUBE-FIREWALL"u8;

    public static ReadOnlySpan<byte> Postrouting => "KUBE-POSTROUTING"u8;

    public static ReadOnlySpan<byte> MarkMasq => "KUBE-MARK-MASQ"u8;

    public static ReadOnlySpan<byte> Cluster => "KUBE-SVC-"u8;

    public static ReadOnlySpan<byte> Local => "KUBE-SVL-"u8;

    public static ReadOnlySpan<byte> External => "KUBE-EXT-"u8;

    public static ReadOnlySpan<byte> LoadBalancerFirewall => "KUBE-FW-"u8;

    public static ReadOnlySpan<byte> Endpoint => "KUBE-SEP-"u8;

    private static ReadOnlySpan<byte> Base32 => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"u8;

    /// <summary>A chain that belongs to one Service port: whatever is in it and not wanted may go.</summary>
    public static bool IsServiceChain(ReadOnlySpan<byte> chain) =>
        chain.StartsWith(Cluster) || chain.StartsWith(Local) || chain.StartsWith(External)
        || chain.StartsWith(LoadBalancerFirewall) || chain.StartsWith(Endpoint);

    /// <summary>A chain in which rules of different Services stand side by side, in no particular order.</summary>
    public static bool IsSharedChain(ReadOnlySpan<byte> chain) =>
        chain.SequenceEqual(Services) || chain.SequenceEqual(ExternalServices) || chain.SequenceEqual(NodePorts) || chain.SequenceEqual(ProxyFirewall);

    /// <summary>A chain that we may write to.</summary>
    public static bool IsOurs(ReadOnlySpan<byte> chain)
    {
        if (IsServiceChain(chain)) return true;
        foreach (var ours in IptablesCompiler.Chains)
        {
            if (Ascii.Equals(chain, ours.Name)) return true;
        }

        return false;
    }

    /// <summary>Writes the hash that ends the names of a Service port's chains.</summary>
    /// <param name="label">The Service port as text.</param>
    /// <param name="protocol">Its protocol.</param>
    /// <param name="endpoint">The endpoint's id, for its own chain; empty for the Service port's.</param>
    /// <param name="hash">Gets <see cref="HashLength"/> bytes.</param>
    public static void Hash(ReadOnlySpan<byte> label, Protocol protocol, ReadOnlySpan<byte> endpoint, Span<byte> hash)
    {
        Span<byte> input = stackalloc byte[MaxStackInput];
        label.CopyTo(input);
        var length = label.Length + Encoding.ASCII.GetBytes(protocol.ToRuleName(), input[label.Length..]);
        endpoint.CopyTo(input[length..]);
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(input[..(length + endpoint.Length)], digest);
        Encode(digest, hash);
    }

    /// <summary>RFC 4648 base32 of as many bytes as the name takes.</summary>
    private static void Encode(ReadOnlySpan<byte> digest, Span<byte> text)
    {
        uint window = 0;
        var bits = 0;
        var at = 0;
        foreach (var value in digest)
        {
            window = window << 8 | value;
            for (bits += 8; bits >= 5 && at < HashLength; bits -= 5) text[at++] = Base32[(int)(window >> (bits - 5)) & 31];
            if (at == HashLength) return;
        }
    }
}
