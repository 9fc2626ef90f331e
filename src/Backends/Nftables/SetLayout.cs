using System.Runtime.InteropServices;
using System.Text;
using Shunt.Model;
using Shunt.Netlink.Netfilter;

namespace Shunt.Backends.Nftables;

/// <summary>
/// What a set is made of, and how it is described to the kernel and to <c>nft</c>, which prints keys by the expressions kept in a set's user
/// data (<c>typeof</c>). Sources: linux/netfilter/nf_tables.h, libnftnl/udata.h, nftables' datatype.h and expression.h.
/// </summary>
internal static class SetLayout
{
    /// <summary>How many clients with affinity are remembered at most; with more, new ones are served but not remembered.</summary>
    public const uint MaxClients = 1 << 20;

    private const byte NFTNL_UDATA_SET_KEYBYTEORDER = 0;
    private const byte NFTNL_UDATA_SET_DATABYTEORDER = 1;
    private const byte NFTNL_UDATA_SET_KEY_TYPEOF = 3;
    private const byte NFTNL_UDATA_SET_DATA_TYPEOF = 4;
    private const byte NFTNL_UDATA_SET_DATA_INTERVAL = 6;
    private const byte NFTNL_UDATA_SET_COMMENT = 7;
    private const byte NFTNL_UDATA_SET_TYPEOF_EXPR = 0;
    private const byte NFTNL_UDATA_SET_TYPEOF_DATA = 1;
    private const uint EXPR_PAYLOAD = 7;
    private const uint EXPR_META = 9;
    private const uint EXPR_CONCAT = 13;
    private const uint EXPR_NUMGEN = 23;
    private const uint PROTO_DESC_TH = 11;
    private const uint PROTO_DESC_IP = 12;
    private const uint PROTO_DESC_IP6 = 13;

    private static readonly SetField[] Frontend = [SetField.DestinationAddress, SetField.Protocol, SetField.DestinationPort];
    private static readonly SetField[] NodePort = [SetField.Protocol, SetField.DestinationPort];
    private static readonly SetField[] List = [SetField.Priority];
    private static readonly SetField[] Endpoint = [SetField.DestinationAddress, SetField.DestinationPort];

    /// <summary>The fields of the key.</summary>
    public static SetField[] Key(SetKind kind) => kind switch
    {
        SetKind.ClusterIps or SetKind.NodePortIps => [SetField.DestinationAddress],
        SetKind.NodePorts or SetKind.NodePortsLocal or SetKind.NodePortsLocalOnly or SetKind.RejectNodePorts or SetKind.DropNodePorts => NodePort,
        SetKind.Endpoints or SetKind.LocalEndpoints => [.. Frontend, SetField.Random],
        SetKind.NodePortEndpoints or SetKind.LocalNodePortEndpoints => [.. NodePort, SetField.Random],
        SetKind.FirewallClients => [.. Frontend, SetField.SourceAddress],
        SetKind.HairpinConnections => [SetField.SourceAddress, .. Frontend],
        SetKind.StickyLists or SetKind.AffinityTimeouts => List,
        SetKind.Sticky => [SetField.Priority, SetField.Random],
        SetKind.StickyEndpoints => [SetField.Protocol, SetField.Priority],
        SetKind.Affinity => [SetField.Priority, SetField.SourceAddress],
        _ => Frontend,
    };

    /// <summary>The fields of the value; empty for a set.</summary>
    public static SetField[] Data(SetKind kind) => kind switch
    {
        >= SetKind.Internal and <= SetKind.NodePortsLocalOnly => List,
        >= SetKind.Endpoints and <= SetKind.LocalNodePortEndpoints => Endpoint,
        SetKind.StickyEndpoints => Endpoint,
        SetKind.StickyLists or SetKind.Sticky or SetKind.Affinity => List,
        _ => [],
    };

    /// <summary>The length of a field in bytes, padding included.</summary>
    public static int Length(SetField field, IpFamily family) =>
        field is SetField.SourceAddress or SetField.DestinationAddress && family == IpFamily.IPv6 ? 16 : 4;

    /// <summary>The length of several fields.</summary>
    public static int Length(ReadOnlySpan<SetField> fields, IpFamily family)
    {
        var length = 0;
        foreach (var field in fields) length += Length(field, family);
        return length;
    }

    /// <summary>The set as it is made in the kernel.</summary>
    public static NftSet Describe(SetId set, IpFamily family)
    {
        var key = Key(set.Kind);
        var data = Data(set.Kind);
        var flags = data.Length > 0 ? NftSetFlags.NFT_SET_MAP : NftSetFlags.None;
        if (set.Kind == SetKind.Affinity) flags |= NftSetFlags.NFT_SET_TIMEOUT | NftSetFlags.NFT_SET_EVAL;
        return new NftSet
        {
            Name = set.Name,
            Flags = flags,
            KeyType = TypeOf(key, family),
            KeyLength = (uint)Length(key, family),
            DataType = TypeOf(data, family),
            DataLength = (uint)Length(data, family),
            Size = set.Kind == SetKind.Affinity ? MaxClients : 0,
            UserData = UserData(set, key, data, family),
        };
    }

    /// <summary>What the set is for, as <c>nft list</c> shows it.</summary>
    public static string Comment(SetKind kind) => kind switch
    {
        SetKind.ClusterIps => "all ClusterIPs",
        SetKind.NodePortIps => "addresses that serve node ports",
        SetKind.Internal => "ClusterIPs with endpoints : how many, or the affinity list",
        SetKind.External => "external and load balancer IPs, policy Cluster : how many endpoints, or the affinity list",
        SetKind.ExternalLocal => "external and load balancer IPs, policy Local : all endpoints, for pods and the node",
        SetKind.ExternalLocalOnly => "external and load balancer IPs, policy Local : local endpoints, for everybody else",
        SetKind.NodePorts => "node ports, policy Cluster : how many endpoints, or the affinity list",
        SetKind.NodePortsLocal => "node ports, policy Local : all endpoints, for pods and the node",
        SetKind.NodePortsLocalOnly => "node ports, policy Local : local endpoints, for everybody else",
        SetKind.Endpoints => "address and index : endpoint",
        SetKind.LocalEndpoints => "address and index : endpoint on this node",
        SetKind.NodePortEndpoints => "node port and index : endpoint",
        SetKind.LocalNodePortEndpoints => "node port and index : endpoint on this node",
        SetKind.RejectServices or SetKind.RejectNodePorts => "no endpoint anywhere",
        SetKind.DropServices or SetKind.DropNodePorts => "endpoints exist, but none that the traffic policy allows",
        SetKind.Firewall => "load balancer IPs with source ranges",
        SetKind.FirewallClients => "source ranges of this prefix length",
        SetKind.HairpinConnections => "local endpoints that reach themselves through a Service",
        SetKind.StickyLists => "affinity list : the list with the number of its endpoints",
        SetKind.Sticky => "affinity list and index : endpoint id",
        SetKind.StickyEndpoints => "endpoint id : endpoint; the endpoints that live",
        SetKind.AffinityTimeouts => "affinity lists with this timeout in seconds",
        _ => "affinity list and client : endpoint id; written by packets",
    };

    /// <summary>nftables' number for a type, or for a concatenation of types.</summary>
    private static uint TypeOf(ReadOnlySpan<SetField> fields, IpFamily family)
    {
        uint type = 0;
        foreach (var field in fields)
        {
            type = type << 6 | field switch
            {
                SetField.SourceAddress or SetField.DestinationAddress => family == IpFamily.IPv4 ? 7u : 8u,
                SetField.Protocol => 12u,
                SetField.DestinationPort => 13u,
                SetField.Priority => 23u,
                _ => 4u,
            };
        }

        return type;
    }

    private static byte[] UserData(SetId set, SetField[] key, SetField[] data, IpFamily family)
    {
        var bytes = new List<byte>();
        Add(bytes, NFTNL_UDATA_SET_KEYBYTEORDER, Number(ByteOrder(key)));
        if (data.Length > 0) Add(bytes, NFTNL_UDATA_SET_DATABYTEORDER, Number(ByteOrder(data)));
        Add(bytes, NFTNL_UDATA_SET_KEY_TYPEOF, TypeOfExpression(key, family));
        if (data.Length > 0)
        {
            Add(bytes, NFTNL_UDATA_SET_DATA_TYPEOF, TypeOfExpression(data, family));
            Add(bytes, NFTNL_UDATA_SET_DATA_INTERVAL, Number(0));
        }

        Add(bytes, NFTNL_UDATA_SET_COMMENT, [.. Encoding.UTF8.GetBytes(Comment(set.Kind)), 0]);
        return [.. bytes];
    }

    /// <summary>Host order is 1, network order 2; a concatenation has none of its own.</summary>
    private static uint ByteOrder(SetField[] fields)
    {
        if (fields.Length > 1) return 0;
        return fields[0] == SetField.Priority ? 1u : 2u;
    }

    private static byte[] TypeOfExpression(SetField[] fields, IpFamily family)
    {
        if (fields.Length == 1) return TypeOfExpression(fields[0], family);
        var parts = new List<byte>();
        for (byte i = 0; i < fields.Length; i++) Add(parts, i, TypeOfExpression(fields[i], family));
        return Expression(EXPR_CONCAT, [.. parts]);
    }

    private static byte[] TypeOfExpression(SetField field, IpFamily family)
    {
        // The second number of a header field is its place in nftables' list of that header's fields.
        var (network, source, destination) = family == IpFamily.IPv4 ? (PROTO_DESC_IP, 11u, 12u) : (PROTO_DESC_IP6, 8u, 9u);
        return field switch
        {
            SetField.SourceAddress => Expression(EXPR_PAYLOAD, Numbers(network, source)),
            SetField.DestinationAddress => Expression(EXPR_PAYLOAD, Numbers(network, destination)),
            SetField.DestinationPort => Expression(EXPR_PAYLOAD, Numbers(PROTO_DESC_TH, 2)),
            SetField.Protocol => Expression(EXPR_META, Numbers((uint)NftMetaKey.NFT_META_L4PROTO)),
            SetField.Priority => Expression(EXPR_META, Numbers((uint)NftMetaKey.NFT_META_PRIORITY)),
            _ => Expression(EXPR_NUMGEN, Numbers(1, 2, 0)), // random, and any modulus
        };
    }

    private static byte[] Expression(uint expression, byte[] data)
    {
        var bytes = new List<byte>();
        Add(bytes, NFTNL_UDATA_SET_TYPEOF_EXPR, Number(expression));
        Add(bytes, NFTNL_UDATA_SET_TYPEOF_DATA, data);
        return [.. bytes];
    }

    private static byte[] Numbers(params ReadOnlySpan<uint> values)
    {
        var bytes = new List<byte>();
        for (byte i = 0; i < values.Length; i++) Add(bytes, i, Number(values[i]));
        return [.. bytes];
    }

    /// <summary>User data is in host order.</summary>
    private static byte[] Number(uint value)
    {
        var bytes = new byte[sizeof(uint)];
        MemoryMarshal.Write(bytes, in value);
        return bytes;
    }

    private static void Add(List<byte> to, byte type, ReadOnlySpan<byte> value)
    {
        to.Add(type);
        to.Add((byte)value.Length);
        foreach (var b in value) to.Add(b);
    }
}
