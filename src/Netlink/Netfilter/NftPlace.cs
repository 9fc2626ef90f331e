namespace Shunt.Netlink.Netfilter;

/// <summary>Where in its chain a new rule goes.</summary>
public readonly record struct NftPlace
{
    private NftPlace(NetlinkFlags flags, ulong handle, ushort attribute)
    {
        Flags = flags;
        Handle = handle;
        HandleAttribute = attribute;
    }

    /// <summary>Behind all others.</summary>
    public static NftPlace Last { get; } = new(NetlinkFlags.NLM_F_CREATE | NetlinkFlags.NLM_F_APPEND, 0, 0);

    /// <summary>Before all others.</summary>
    public static NftPlace First { get; } = new(NetlinkFlags.NLM_F_CREATE, 0, 0);

    internal NetlinkFlags Flags { get; }

    internal ulong Handle { get; }

    internal ushort HandleAttribute { get; }

    /// <summary>Right before the rule with this handle.</summary>
    public static NftPlace Before(ulong handle) => new(NetlinkFlags.NLM_F_CREATE, handle, NftMessage.NFTA_RULE_POSITION);

    /// <summary>Right behind the rule with this handle.</summary>
    public static NftPlace After(ulong handle) => new(NetlinkFlags.NLM_F_CREATE | NetlinkFlags.NLM_F_APPEND, handle, NftMessage.NFTA_RULE_POSITION);

    /// <summary>Instead of the rule with this handle.</summary>
    public static NftPlace InsteadOf(ulong handle) => new(NetlinkFlags.NLM_F_REPLACE, handle, NftMessage.NFTA_RULE_HANDLE);
}
