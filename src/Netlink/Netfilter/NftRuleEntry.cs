namespace Shunt.Netlink.Netfilter;

/// <summary>A rule as it was read; valid as long as its handler runs.</summary>
public readonly ref struct NftRuleEntry
{
    /// <summary>The chain it is in.</summary>
    public required string Chain { get; init; }

    /// <summary>What its writer noted about it; may be empty.</summary>
    public ReadOnlySpan<byte> UserData { get; init; }
}
