using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Shunt.Model;
using Shunt.Netlink.Netfilter;

namespace Shunt.Backends.Nftables;

/// <summary>
/// Writes a rule twice at once: as expressions for the kernel and as the text <c>nft list</c> makes of them. Keys are loaded into the registers
/// one behind the other, from the first on; what comes next in a rule may use them again.
/// </summary>
internal sealed class RuleWriter(IpFamily family)
{
    private const uint FirstRegister = 1;

    private readonly NftExpressions _kernel = new();
    private readonly StringBuilder _text = new();

    private bool IsV4 => family == IpFamily.IPv4;

    private NetfilterFamily Family => family.ToNetfilter();

    private string Ip => IsV4 ? "ip" : "ip6";

    /// <summary>Ends the rule and starts the next.</summary>
    public TableRule End(string comment = "")
    {
        var rule = new TableRule(_text.ToString(), _kernel.Written.ToArray(), comment);
        _kernel.Clear();
        _text.Clear();
        return rule;
    }

    /// <summary>The packet is of this connection state or that: <c>ct state new</c>.</summary>
    public RuleWriter IsNew()
    {
        _kernel.LoadConntrack(NftConntrackKey.NFT_CT_STATE, FirstRegister);
        TestBits(8); // NF_CT_STATE_BIT(IP_CT_NEW)
        return Say("ct state new");
    }

    /// <summary>The packet's destination was rewritten.</summary>
    public RuleWriter IsTranslated()
    {
        _kernel.LoadConntrack(NftConntrackKey.NFT_CT_STATUS, FirstRegister);
        TestBits(0x20); // IPS_DST_NAT
        return Say("ct status dnat");
    }

    /// <summary>The sender has an address of this machine.</summary>
    public RuleWriter IsFromNode()
    {
        LoadAddressType(source: true);
        return Say("fib saddr type local");
    }

    /// <summary>The destination is an address of this machine.</summary>
    public RuleWriter IsToNode()
    {
        LoadAddressType(source: false);
        return Say("fib daddr type local");
    }

    /// <summary>The sender is one of this node's pods, or is not.</summary>
    public RuleWriter IsFromLocalPod(LocalDetector detector, bool expected = true)
    {
        var not = expected ? "" : "!= ";
        var comparison = expected ? NftComparison.NFT_CMP_EQ : NftComparison.NFT_CMP_NEQ;
        if (detector.Interface is not { } name) return CompareAddress(SetField.SourceAddress, detector.Cidr, comparison, not);
        Span<byte> padded = stackalloc byte[16]; // IFNAMSIZ
        var length = Encoding.UTF8.GetBytes(name, padded);
        _kernel.LoadMeta(NftMetaKey.NFT_META_IIFNAME, FirstRegister)
            .Compare(comparison, FirstRegister, detector.InterfaceIsPrefix ? padded[..length] : padded);
        return Say($"iifname {not}\"{name}{(detector.InterfaceIsPrefix ? "*" : "")}\"");
    }

    /// <summary>The destination is in a network.</summary>
    public RuleWriter IsTo(IpPrefix network) => CompareAddress(SetField.DestinationAddress, network, NftComparison.NFT_CMP_EQ, "");

    /// <summary>The destination is in no such network.</summary>
    public RuleWriter IsNotTo(IpPrefix network) => CompareAddress(SetField.DestinationAddress, network, NftComparison.NFT_CMP_NEQ, "!= ");

    /// <summary>A key of the packet is in a set.</summary>
    public RuleWriter IsIn(SetId set)
    {
        Say(LoadKey(set.Kind));
        _kernel.LookupMember(set.Name, FirstRegister);
        return Say($"@{set.Name}");
    }

    /// <summary>Frontend and client, the latter cut to the set's prefix length, are in a set.</summary>
    public RuleWriter IsFirewallClient(SetId set)
    {
        var key = LoadKey(set.Kind);
        var bits = set.Parameter;
        if (bits < (IsV4 ? 32 : 128))
        {
            var mask = Mask(bits);
            var register = Register(IsV4 ? 3 : 6);
            _kernel.Mask(register, register, mask, new byte[mask.Length]);
            key += $" & {IpAddr.FromBytes(mask)}";
        }

        _kernel.LookupMember(set.Name, FirstRegister);
        return Say($"{key} @{set.Name}");
    }

    /// <summary>The scratch variable has a value.</summary>
    public RuleWriter ChoiceIs(uint value)
    {
        _kernel.LoadMeta(NftMetaKey.NFT_META_PRIORITY, FirstRegister).Compare(NftComparison.NFT_CMP_EQ, FirstRegister, Host(value));
        return Say($"meta priority {Spell(value)}");
    }

    /// <summary>Some bits of the scratch variable have a value.</summary>
    public RuleWriter ChoiceIs(uint mask, uint value)
    {
        _kernel.LoadMeta(NftMetaKey.NFT_META_PRIORITY, FirstRegister)
            .Mask(FirstRegister, FirstRegister, Host(mask), Host(0)).Compare(NftComparison.NFT_CMP_EQ, FirstRegister, Host(value));
        return Say($"meta priority & {Spell(mask)} == {Spell(value)}");
    }

    /// <summary>The list in the scratch variable is in a set.</summary>
    public RuleWriter ListIsIn(SetId set)
    {
        LoadList();
        _kernel.LookupMember(set.Name, FirstRegister);
        return Say($"meta priority & {Spell(Choice.ListMask)} == @{set.Name}");
    }

    /// <summary>Sets the scratch variable from a map, by a key of the packet.</summary>
    public RuleWriter Choose(SetId map)
    {
        var key = LoadKey(map.Kind);
        return SetChoiceFrom(map, key);
    }

    /// <summary>Sets the scratch variable to one of a list's endpoints.</summary>
    public RuleWriter ChooseOfList(SetId map, int count)
    {
        LoadList();
        var random = LoadRandom(count, slot: 1);
        return SetChoiceFrom(map, $"meta priority & {Spell(Choice.ListMask)} . {random}");
    }

    /// <summary>Sets the scratch variable to the list in it.</summary>
    public RuleWriter KeepList()
    {
        LoadList();
        _kernel.SetMeta(NftMetaKey.NFT_META_PRIORITY, FirstRegister);
        return Say($"meta priority set meta priority & {Spell(Choice.ListMask)}");
    }

    /// <summary>Clears the scratch variable.</summary>
    public RuleWriter ForgetChoice()
    {
        _kernel.LoadImmediate(FirstRegister, Host(0)).SetMeta(NftMetaKey.NFT_META_PRIORITY, FirstRegister);
        return Say("meta priority set none");
    }

    /// <summary>Remembers which endpoint the client got, or lets it be remembered for as long again.</summary>
    public RuleWriter Remember(SetId affinity, int timeoutSeconds)
    {
        var data = LoadClientAndId();
        _kernel.Update(affinity.Name, FirstRegister, data, TimeSpan.FromSeconds(timeoutSeconds));
        return Say($"update @{affinity.Name} {{ {ClientKey} timeout {Duration(timeoutSeconds)} : meta priority }}");
    }

    /// <summary>Forgets which endpoint the client got.</summary>
    public RuleWriter Forget(SetId affinity)
    {
        var data = LoadClientAndId();
        _kernel.DeleteEntry(affinity.Name, FirstRegister, data);
        return Say($"delete @{affinity.Name} {{ {ClientKey} : meta priority }}");
    }

    /// <summary>Sets the bit of the mark that asks for masquerading.</summary>
    public RuleWriter Mark(uint bit)
    {
        _kernel.LoadMeta(NftMetaKey.NFT_META_MARK, FirstRegister)
            .Mask(FirstRegister, FirstRegister, Host(~bit), Host(bit)).SetMeta(NftMetaKey.NFT_META_MARK, FirstRegister);
        return Say($"meta mark set meta mark | 0x{bit:x8}");
    }

    /// <summary>The mark asks for masquerading; the bit is cleared.</summary>
    public RuleWriter IsMarked(uint bit)
    {
        _kernel.LoadMeta(NftMetaKey.NFT_META_MARK, FirstRegister);
        TestBits(bit);
        _kernel.LoadMeta(NftMetaKey.NFT_META_MARK, FirstRegister)
            .Mask(FirstRegister, FirstRegister, Host(uint.MaxValue), Host(bit)).SetMeta(NftMetaKey.NFT_META_MARK, FirstRegister);
        return Say($"meta mark & 0x{bit:x8} != 0x00000000 meta mark set meta mark ^ 0x{bit:x8}");
    }

    /// <summary>Rewrites the destination to one of several endpoints of a frontend.</summary>
    public TableRule Translate(SetId map, int count)
    {
        var key = LoadKey(map.Kind, count);
        return EndTranslation(map, key);
    }

    /// <summary>Rewrites the destination to the endpoint whose id is in the scratch variable.</summary>
    public TableRule TranslateToChoice(SetId map) => EndTranslation(map, LoadKey(map.Kind));

    /// <summary>Lets it pass.</summary>
    public TableRule Accept(string comment = "")
    {
        _kernel.Accept();
        return Say("accept").End(comment);
    }

    /// <summary>Drops it.</summary>
    public TableRule Drop(string comment = "")
    {
        _kernel.Drop();
        return Say("drop").End(comment);
    }

    /// <summary>Goes on in a chain and does not come back.</summary>
    public TableRule Goto(string chain, string comment = "")
    {
        _kernel.Goto(chain);
        return Say($"goto {chain}").End(comment);
    }

    /// <summary>Goes on in a chain and comes back at its end.</summary>
    public TableRule Jump(string chain, string comment = "")
    {
        _kernel.Jump(chain);
        return Say($"jump {chain}").End(comment);
    }

    /// <summary>Tells the sender that nobody is there.</summary>
    public TableRule Reject(string comment = "")
    {
        _kernel.RejectPortUnreachable(Family);
        return Say("reject").End(comment);
    }

    /// <summary>Gives the packet an address of this node as its source.</summary>
    public TableRule Masquerade(string comment = "")
    {
        _kernel.Masquerade(fullyRandom: true);
        return Say("masquerade fully-random").End(comment);
    }

    /// <summary>A number of the scratch variable as <c>nft</c> spells it: that of a traffic control class.</summary>
    public static string Spell(uint value) => string.Create(CultureInfo.InvariantCulture, $"{value >> 16:x}:{value & 0xFFFF:x}");

    private string ClientKey => $"meta priority & {Spell(Choice.ListMask)} . {Ip} saddr";

    private TableRule EndTranslation(SetId map, string key)
    {
        _kernel.LookupData(map.Name, FirstRegister, FirstRegister).DestinationNat(Family, FirstRegister, Register(IsV4 ? 1 : 4));
        return Say($"dnat {Ip} to {key} map @{map.Name}").End();
    }

    private RuleWriter SetChoiceFrom(SetId map, string key)
    {
        _kernel.LookupData(map.Name, FirstRegister, FirstRegister).SetMeta(NftMetaKey.NFT_META_PRIORITY, FirstRegister);
        return Say($"meta priority set {key} map @{map.Name}");
    }

    private void LoadList() =>
        _kernel.LoadMeta(NftMetaKey.NFT_META_PRIORITY, FirstRegister).Mask(FirstRegister, FirstRegister, Host(Choice.ListMask), Host(0));

    /// <returns>The register of the id.</returns>
    private uint LoadClientAndId()
    {
        LoadList();
        Load(SetField.SourceAddress, 0, slot: 1);
        var data = Register(1 + SetLayout.Length(SetField.SourceAddress, family) / sizeof(uint));
        _kernel.LoadMeta(NftMetaKey.NFT_META_PRIORITY, data);
        return data;
    }

    private void LoadAddressType(bool source) =>
        _kernel.LoadFibAddressType(source, FirstRegister).Compare(NftComparison.NFT_CMP_EQ, FirstRegister, Host(2)); // RTN_LOCAL

    private void TestBits(uint bits) =>
        _kernel.Mask(FirstRegister, FirstRegister, Host(bits), Host(0)).Compare(NftComparison.NFT_CMP_NEQ, FirstRegister, Host(0));

    /// <summary>Loads the fields of a set's key; gives them as text.</summary>
    private string LoadKey(SetKind kind, int modulus = 0)
    {
        var text = "";
        var slot = 0;
        foreach (var field in SetLayout.Key(kind))
        {
            text += (text.Length == 0 ? "" : " . ") + Load(field, modulus, slot);
            slot += SetLayout.Length(field, family) / sizeof(uint);
        }

        return text;
    }

    private string Load(SetField field, int modulus, int slot)
    {
        var register = Register(slot);
        switch (field)
        {
            case SetField.SourceAddress or SetField.DestinationAddress:
                var isSource = field == SetField.SourceAddress;
                _kernel.LoadNetworkHeader(AddressOffset(field), IsV4 ? 4u : 16u, register);
                return $"{Ip} {(isSource ? "saddr" : "daddr")}";
            case SetField.Protocol:
                _kernel.LoadMeta(NftMetaKey.NFT_META_L4PROTO, register);
                return "meta l4proto";
            case SetField.DestinationPort:
                _kernel.LoadTransportHeader(2, 2, register);
                return "th dport";
            case SetField.Priority:
                _kernel.LoadMeta(NftMetaKey.NFT_META_PRIORITY, register);
                return "meta priority";
            default:
                return LoadRandom(modulus, slot);
        }
    }

    private string LoadRandom(int modulus, int slot)
    {
        _kernel.LoadRandom((uint)modulus, Register(slot));
        return $"numgen random mod {modulus}";
    }

    /// <summary>As <c>nft</c> does, only the bytes that count are loaded where the prefix ends between two.</summary>
    private RuleWriter CompareAddress(SetField field, IpPrefix network, NftComparison comparison, string not)
    {
        Span<byte> address = stackalloc byte[16];
        var length = network.Address.WriteBytes(address);
        var whole = network.Length % 8 == 0 && network.Length > 0;
        if (whole) length = network.Length / 8;
        _kernel.LoadNetworkHeader(AddressOffset(field), (uint)length, FirstRegister);
        if (!whole) _kernel.Mask(FirstRegister, FirstRegister, Mask(network.Length), new byte[length]);
        _kernel.Compare(comparison, FirstRegister, address[..length]);
        var name = field == SetField.SourceAddress ? "saddr" : "daddr";
        var text = network.Length == network.Address.BitLength ? network.Address.ToString() : network.ToString();
        return Say($"{Ip} {name} {not}{text}");
    }

    private uint AddressOffset(SetField field) => (field, IsV4) switch
    {
        (SetField.SourceAddress, true) => 12,
        (SetField.SourceAddress, false) => 8,
        (_, true) => 16,
        (_, false) => 24,
    };

    private byte[] Mask(int bits)
    {
        var mask = new byte[IsV4 ? 4 : 16];
        for (var bit = 0; bit < bits; bit++) mask[bit / 8] |= (byte)(0x80 >> bit % 8);
        return mask;
    }

    /// <summary>The kernel's number of a 32-bit register: those at 16 bytes' distance have two, and <c>nft</c> knows them by the older.</summary>
    private static uint Register(int slot) => (uint)(slot % 4 == 0 ? 1 + slot / 4 : 8 + slot);

    /// <summary>What is not from a packet is in host order.</summary>
    private static byte[] Host(uint value)
    {
        var bytes = new byte[sizeof(uint)];
        MemoryMarshal.Write(bytes, in value);
        return bytes;
    }

    private static string Duration(int seconds)
    {
        var time = TimeSpan.FromSeconds(seconds);
        var text = new StringBuilder();
        if (time.Days > 0) text.Append(CultureInfo.InvariantCulture, $"{time.Days}d");
        if (time.Hours > 0) text.Append(CultureInfo.InvariantCulture, $"{time.Hours}h");
        if (time.Minutes > 0) text.Append(CultureInfo.InvariantCulture, $"{time.Minutes}m");
        if (time.Seconds > 0) text.Append(CultureInfo.InvariantCulture, $"{time.Seconds}s");
        return text.ToString();
    }

    private RuleWriter Say(string words)
    {
        if (_text.Length > 0) _text.Append(' ');
        _text.Append(words);
        return this;
    }
}
