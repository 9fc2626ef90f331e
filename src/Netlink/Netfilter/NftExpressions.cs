namespace Shunt.Netlink.Netfilter;

/// <summary>
/// Builds what a rule consists of: expressions that load registers, compare them, look them up, and end in a verdict or a translation. Registers
/// have the kernel's numbers: 1 to 4 of sixteen bytes each, or 8 to 23 of four bytes, which are the same memory. A register must be loaded in the
/// rule that reads it. Source: linux/netfilter/nf_tables.h.
/// </summary>
public sealed class NftExpressions
{
    private const ushort NFTA_LIST_ELEM = 1;
    private const ushort NFTA_EXPR_NAME = 1;
    private const ushort NFTA_EXPR_DATA = 2;
    private const ushort NFTA_DATA_VALUE = 1;
    private const ushort NFTA_DATA_VERDICT = 2;
    private const ushort NFTA_VERDICT_CODE = 1;
    private const ushort NFTA_VERDICT_CHAIN = 2;
    private const uint NFT_REG_VERDICT = 0;
    private const uint NFT_PAYLOAD_NETWORK_HEADER = 1;
    private const uint NFT_PAYLOAD_TRANSPORT_HEADER = 2;
    private const uint NFTA_FIB_F_SADDR = 1;
    private const uint NFTA_FIB_F_DADDR = 2;
    private const uint NFT_FIB_RESULT_ADDRTYPE = 3;
    private const uint NFT_NG_RANDOM = 1;
    private const uint NFT_NAT_DNAT = 1;
    private const uint NF_NAT_RANGE_PROTO_RANDOM_FULLY = 0x10;
    private const uint NFT_DYNSET_OP_UPDATE = 1;
    private const uint NFT_DYNSET_OP_DELETE = 2;
    private const uint NFT_REJECT_ICMP_UNREACH = 0;
    private const uint NF_DROP = 0;
    private const uint NF_ACCEPT = 1;
    private const int NFT_JUMP = -3;
    private const int NFT_GOTO = -4;
    private const int NFT_RETURN = -5;
    private const int MaxLength = 4096;

    private readonly byte[] _buffer = new byte[MaxLength];
    private int _length;

    /// <summary>The expressions so far: the content of NFTA_RULE_EXPRESSIONS.</summary>
    public ReadOnlySpan<byte> Written => _buffer.AsSpan(0, _length);

    /// <summary>Starts anew.</summary>
    public void Clear() => _length = 0;

    /// <summary>Loads bytes of the network header.</summary>
    public NftExpressions LoadNetworkHeader(uint offset, uint length, uint register) =>
        Add("payload", new(1, register), new(2, NFT_PAYLOAD_NETWORK_HEADER), new(3, offset), new(4, length));

    /// <summary>Loads bytes of the transport header.</summary>
    public NftExpressions LoadTransportHeader(uint offset, uint length, uint register) =>
        Add("payload", new(1, register), new(2, NFT_PAYLOAD_TRANSPORT_HEADER), new(3, offset), new(4, length));

    /// <summary>Loads what is known about the packet.</summary>
    public NftExpressions LoadMeta(NftMetaKey key, uint register) => Add("meta", new(1, register), new(2, (uint)key));

    /// <summary>Sets what is known about the packet.</summary>
    public NftExpressions SetMeta(NftMetaKey key, uint register) => Add("meta", new(3, register), new(2, (uint)key));

    /// <summary>Loads what is known about the packet's connection.</summary>
    public NftExpressions LoadConntrack(NftConntrackKey key, uint register) => Add("ct", new(1, register), new(2, (uint)key));

    /// <summary>Loads what routing makes of the packet's source or destination (RTN_*).</summary>
    public NftExpressions LoadFibAddressType(bool source, uint register) =>
        Add("fib", new(1, register), new(2, NFT_FIB_RESULT_ADDRTYPE), new(3, source ? NFTA_FIB_F_SADDR : NFTA_FIB_F_DADDR));

    /// <summary>Ends the rule unless a register compares as it should.</summary>
    public NftExpressions Compare(NftComparison op, uint register, ReadOnlySpan<byte> value)
    {
        var writer = Begin("cmp", out var element, out var data);
        writer.AddUInt32BigEndian(1, register);
        writer.AddUInt32BigEndian(2, (uint)op);
        AddValue(ref writer, 3, value);
        return End(writer, element, data);
    }

    /// <summary>Computes <c>(source &amp; mask) ^ xor</c>.</summary>
    public NftExpressions Mask(uint source, uint destination, ReadOnlySpan<byte> mask, ReadOnlySpan<byte> xor)
    {
        var writer = Begin("bitwise", out var element, out var data);
        writer.AddUInt32BigEndian(1, source);
        writer.AddUInt32BigEndian(2, destination);
        writer.AddUInt32BigEndian(3, (uint)mask.Length);
        AddValue(ref writer, 4, mask);
        AddValue(ref writer, 5, xor);
        return End(writer, element, data);
    }

    /// <summary>Loads a constant.</summary>
    public NftExpressions LoadImmediate(uint register, ReadOnlySpan<byte> value)
    {
        var writer = Begin("immediate", out var element, out var data);
        writer.AddUInt32BigEndian(1, register);
        AddValue(ref writer, 2, value);
        return End(writer, element, data);
    }

    /// <summary>Loads a random number below the modulus, in host order.</summary>
    public NftExpressions LoadRandom(uint modulus, uint register) => Add("numgen", new(1, register), new(2, modulus), new(3, NFT_NG_RANDOM), new(4, 0));

    /// <summary>Ends the rule unless the registers from one on are in a set.</summary>
    public NftExpressions LookupMember(string set, uint register)
    {
        var writer = Begin("lookup", out var element, out var data);
        writer.AddString(1, set);
        writer.AddUInt32BigEndian(2, register);
        return End(writer, element, data);
    }

    /// <summary>Loads what a map has for the registers from one on; ends the rule if it has nothing.</summary>
    public NftExpressions LookupData(string map, uint register, uint destination)
    {
        var writer = Begin("lookup", out var element, out var data);
        writer.AddString(1, map);
        writer.AddUInt32BigEndian(2, register);
        writer.AddUInt32BigEndian(3, destination);
        return End(writer, element, data);
    }

    /// <summary>Lets the packet pass this hook's chain.</summary>
    public NftExpressions Accept() => Verdict((int)NF_ACCEPT, null);

    /// <summary>Drops the packet.</summary>
    public NftExpressions Drop() => Verdict((int)NF_DROP, null);

    /// <summary>Goes on in a chain and comes back.</summary>
    public NftExpressions Jump(string chain) => Verdict(NFT_JUMP, chain);

    /// <summary>Goes on in a chain and does not come back.</summary>
    public NftExpressions Goto(string chain) => Verdict(NFT_GOTO, chain);

    /// <summary>Translates the connection's destination to the address in one register and the port in another.</summary>
    public NftExpressions DestinationNat(NetfilterFamily family, uint addressRegister, uint portRegister) =>
        Add("nat", new(1, NFT_NAT_DNAT), new(2, (uint)family), new(3, addressRegister), new(5, portRegister));

    /// <summary>Translates the connection's source to an address of the interface it leaves by.</summary>
    public NftExpressions Masquerade(bool fullyRandom) => Add("masq", new Number(1, fullyRandom ? NF_NAT_RANGE_PROTO_RANDOM_FULLY : 0));

    /// <summary>Answers that nobody listens on the port, in ICMP or ICMPv6.</summary>
    public NftExpressions RejectPortUnreachable(NetfilterFamily family)
    {
        var writer = Begin("reject", out var element, out var data);
        writer.AddUInt32BigEndian(1, NFT_REJECT_ICMP_UNREACH);
        writer.AddByte(2, family == NetfilterFamily.NFPROTO_IPV4 ? (byte)3 : (byte)4); // ICMP_PORT_UNREACH, ICMPV6_PORT_UNREACH
        return End(writer, element, data);
    }

    /// <summary>Puts a pair into a map for some time, or lets the one with its key live for as long again. Ends the rule when the map is full.</summary>
    public NftExpressions Update(string map, uint keyRegister, uint dataRegister, TimeSpan timeout)
    {
        var writer = BeginDynamic(map, NFT_DYNSET_OP_UPDATE, keyRegister, dataRegister, out var element, out var data);
        writer.AddUInt64BigEndian(6, (ulong)timeout.TotalMilliseconds);
        return End(writer, element, data);
    }

    /// <summary>Takes a key out of a map (since Linux 5.4).</summary>
    public NftExpressions DeleteEntry(string map, uint keyRegister, uint dataRegister)
    {
        var writer = BeginDynamic(map, NFT_DYNSET_OP_DELETE, keyRegister, dataRegister, out var element, out var data);
        return End(writer, element, data);
    }

    /// <summary>Counts the packets and bytes that come this far.</summary>
    public NftExpressions Count()
    {
        var writer = Begin("counter", out var element, out var data);
        writer.AddUInt64BigEndian(1, 0);
        writer.AddUInt64BigEndian(2, 0);
        return End(writer, element, data);
    }

    /// <summary>Goes back to the chain it came from.</summary>
    public NftExpressions Return() => Verdict(NFT_RETURN, null);

    /// <summary>Ends the rule unless a match of iptables' (xtables) says yes.</summary>
    /// <param name="name">The match.</param>
    /// <param name="revision">The version of its structure.</param>
    /// <param name="info">Its structure, padded to eight bytes.</param>
    public NftExpressions Match(ReadOnlySpan<byte> name, uint revision, ReadOnlySpan<byte> info) => AddCompatible("match", name, revision, info);

    /// <summary>Does what a target of iptables' (xtables) does.</summary>
    /// <param name="name">The target.</param>
    /// <param name="revision">The version of its structure.</param>
    /// <param name="info">Its structure, padded to eight bytes.</param>
    public NftExpressions Target(ReadOnlySpan<byte> name, uint revision, ReadOnlySpan<byte> info) => AddCompatible("target", name, revision, info);

    private NftExpressions AddCompatible(string kind, ReadOnlySpan<byte> name, uint revision, ReadOnlySpan<byte> info)
    {
        var writer = Begin(kind, out var element, out var data);
        writer.AddText(1, name);
        writer.AddUInt32BigEndian(2, revision);
        writer.AddBytes(3, info);
        return End(writer, element, data);
    }

    private NetlinkWriter BeginDynamic(string map, uint operation, uint keyRegister, uint dataRegister, out int element, out int data)
    {
        var writer = Begin("dynset", out element, out data);
        writer.AddString(1, map);
        writer.AddUInt32BigEndian(3, operation);
        writer.AddUInt32BigEndian(4, keyRegister);
        writer.AddUInt32BigEndian(5, dataRegister);
        return writer;
    }

    private NftExpressions Verdict(int code, string? chain)
    {
        var writer = Begin("immediate", out var element, out var data);
        writer.AddUInt32BigEndian(1, NFT_REG_VERDICT);
        var outer = writer.BeginNested(2);
        var verdict = writer.BeginNested(NFTA_DATA_VERDICT);
        writer.AddUInt32BigEndian(NFTA_VERDICT_CODE, (uint)code);
        if (chain is not null) writer.AddString(NFTA_VERDICT_CHAIN, chain);
        writer.EndNested(verdict);
        writer.EndNested(outer);
        return End(writer, element, data);
    }

    /// <summary>An expression all of whose attributes are numbers.</summary>
    private NftExpressions Add(string name, params ReadOnlySpan<Number> attributes)
    {
        var writer = Begin(name, out var element, out var data);
        foreach (var attribute in attributes) writer.AddUInt32BigEndian(attribute.Type, attribute.Value);
        return End(writer, element, data);
    }

    private NetlinkWriter Begin(string name, out int element, out int data)
    {
        var writer = new NetlinkWriter(_buffer.AsSpan(_length));
        element = writer.BeginNested(NFTA_LIST_ELEM);
        writer.AddString(NFTA_EXPR_NAME, name);
        data = writer.BeginNested(NFTA_EXPR_DATA);
        return writer;
    }

    private NftExpressions End(in NetlinkWriter writer, int element, int data)
    {
        writer.EndNested(data);
        writer.EndNested(element);
        _length += writer.Written.Length;
        return this;
    }

    private static void AddValue(ref NetlinkWriter writer, ushort type, ReadOnlySpan<byte> value)
    {
        var nested = writer.BeginNested(type);
        writer.AddBytes(NFTA_DATA_VALUE, value);
        writer.EndNested(nested);
    }

    private readonly record struct Number(ushort Type, uint Value);
}
