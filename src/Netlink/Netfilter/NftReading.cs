namespace Shunt.Netlink.Netfilter;

/// <summary>Reads the kernel's messages about what is in a table.</summary>
internal static class NftReading
{
    public static NftChainEntry? Chain(NetlinkMessage message, string table)
    {
        var (name, accepts) = ("", true);
        NftHook? hook = null;
        var type = "filter";
        var attributes = message.Attributes(NftMessage.HeaderLength);
        while (attributes.TryRead(out var attribute))
        {
            switch (attribute.Type)
            {
                case NftMessage.NFTA_TABLE_NAME when attribute.AsString() != table: // the kernel lists the chains of all tables
                    return null;
                case NftMessage.NFTA_CHAIN_NAME:
                    name = attribute.AsString();
                    break;
                case NftMessage.NFTA_CHAIN_HOOK:
                    hook = Hook(attribute);
                    break;
                case NftMessage.NFTA_CHAIN_POLICY:
                    accepts = attribute.AsUInt32BigEndian() == NftMessage.NF_ACCEPT;
                    break;
                case NftMessage.NFTA_CHAIN_TYPE:
                    type = attribute.AsString();
                    break;
            }
        }

        if (hook is { } found) hook = found with { Type = type == "nat" ? NftChainType.Nat : type == "route" ? NftChainType.Route : NftChainType.Filter };
        return new NftChainEntry(name, hook, accepts);
    }

    public static NftRuleEntry Rule(NetlinkMessage message)
    {
        ReadOnlySpan<byte> chain = default, userData = default;
        var expressions = default(NetlinkAttributes);
        ulong handle = 0;
        var attributes = message.Attributes(NftMessage.HeaderLength);
        while (attributes.TryRead(out var attribute))
        {
            switch (attribute.Type)
            {
                case NftMessage.NFTA_RULE_CHAIN:
                    chain = attribute.Value.TrimEnd((byte)0);
                    break;
                case NftMessage.NFTA_RULE_HANDLE:
                    handle = attribute.AsUInt64BigEndian();
                    break;
                case NftMessage.NFTA_RULE_EXPRESSIONS:
                    expressions = attribute.Nested;
                    break;
                case NftMessage.NFTA_RULE_USERDATA:
                    userData = attribute.Value;
                    break;
            }
        }

        return new NftRuleEntry { ChainName = chain, Handle = handle, Expressions = expressions, UserData = userData };
    }

    public static NftSetEntry Set(NetlinkMessage message)
    {
        var name = "";
        uint flags = 0, keyLength = 0, dataLength = 0;
        var attributes = message.Attributes(NftMessage.HeaderLength);
        while (attributes.TryRead(out var attribute))
        {
            switch (attribute.Type)
            {
                case NftMessage.NFTA_SET_NAME:
                    name = attribute.AsString();
                    break;
                case NftMessage.NFTA_SET_FLAGS:
                    flags = attribute.AsUInt32BigEndian();
                    break;
                case NftMessage.NFTA_SET_KEY_LEN:
                    keyLength = attribute.AsUInt32BigEndian();
                    break;
                case NftMessage.NFTA_SET_DATA_LEN:
                    dataLength = attribute.AsUInt32BigEndian();
                    break;
            }
        }

        return new NftSetEntry(name, (NftSetFlags)flags, keyLength, dataLength);
    }

    public static void Elements<TState>(NetlinkMessage message, TState state, NftElementHandler<TState> handle)
    {
        var attributes = message.Attributes(NftMessage.HeaderLength);
        while (attributes.TryRead(out var attribute))
        {
            if (attribute.Type != NftMessage.NFTA_SET_ELEM_LIST_ELEMENTS) continue;
            var list = attribute.Nested;
            while (list.TryRead(out var item)) handle(state, Element(item.Nested));
        }
    }

    /// <summary>What an event is about; null when that is none of ours to know.</summary>
    public static NftTouched? Touched(NetlinkMessage message, ushort number)
    {
        var (kind, nameType, removed) = number switch
        {
            NftMessage.NFT_MSG_NEWTABLE => (NftObject.Table, (ushort)0, false),
            NftMessage.NFT_MSG_DELTABLE => (NftObject.Table, (ushort)0, true),
            NftMessage.NFT_MSG_NEWCHAIN => (NftObject.Chain, NftMessage.NFTA_CHAIN_NAME, false),
            NftMessage.NFT_MSG_DELCHAIN => (NftObject.Chain, NftMessage.NFTA_CHAIN_NAME, true),
            NftMessage.NFT_MSG_NEWRULE => (NftObject.Rule, NftMessage.NFTA_RULE_CHAIN, false),
            NftMessage.NFT_MSG_DELRULE => (NftObject.Rule, NftMessage.NFTA_RULE_CHAIN, true),
            NftMessage.NFT_MSG_NEWSET => (NftObject.Set, NftMessage.NFTA_SET_NAME, false),
            NftMessage.NFT_MSG_DELSET => (NftObject.Set, NftMessage.NFTA_SET_NAME, true),
            NftMessage.NFT_MSG_NEWSETELEM => (NftObject.Element, NftMessage.NFTA_SET_ELEM_LIST_SET, false),
            NftMessage.NFT_MSG_DELSETELEM => (NftObject.Element, NftMessage.NFTA_SET_ELEM_LIST_SET, true),
            _ => (NftObject.Table, ushort.MaxValue, false),
        };
        if (nameType == ushort.MaxValue || message.Payload.IsEmpty) return null;
        var touched = new NftTouched((NetfilterFamily)message.Payload[0], "", kind, "", removed);
        var attributes = message.Attributes(NftMessage.HeaderLength);
        while (attributes.TryRead(out var attribute))
        {
            if (attribute.Type == NftMessage.NFTA_TABLE_NAME) touched = touched with { Table = attribute.AsString() };
            else if (attribute.Type == nameType) touched = touched with { Name = attribute.AsString() };
            else if (kind == NftObject.Rule && attribute.Type == NftMessage.NFTA_RULE_HANDLE) touched = touched with { Handle = attribute.AsUInt64BigEndian() };
        }

        return touched;
    }

    private static NftElement Element(NetlinkAttributes attributes)
    {
        ReadOnlySpan<byte> key = default, data = default, userData = default;
        while (attributes.TryRead(out var attribute))
        {
            switch (attribute.Type)
            {
                case NftMessage.NFTA_SET_ELEM_KEY:
                    key = Value(attribute);
                    break;
                case NftMessage.NFTA_SET_ELEM_DATA:
                    data = Value(attribute);
                    break;
                case NftMessage.NFTA_SET_ELEM_USERDATA:
                    userData = attribute.Value;
                    break;
            }
        }

        return new NftElement { Key = key, Data = data, UserData = userData };
    }

    /// <summary>The bytes of a key or value; empty for a verdict.</summary>
    private static ReadOnlySpan<byte> Value(NetlinkAttribute attribute)
    {
        var nested = attribute.Nested;
        while (nested.TryRead(out var value))
        {
            if (value.Type == NftMessage.NFTA_DATA_VALUE) return value.Value;
        }

        return default;
    }

    private static NftHook Hook(NetlinkAttribute attribute)
    {
        var hook = default(NftHook);
        var nested = attribute.Nested;
        while (nested.TryRead(out var part))
        {
            if (part.Type == NftMessage.NFTA_HOOK_HOOKNUM) hook = hook with { Hook = (NftHookNumber)part.AsUInt32BigEndian() };
            if (part.Type == NftMessage.NFTA_HOOK_PRIORITY) hook = hook with { Priority = (int)part.AsUInt32BigEndian() };
        }

        return hook;
    }
}
