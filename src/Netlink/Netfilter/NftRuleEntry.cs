using System.Text;

namespace Shunt.Netlink.Netfilter;

/// <summary>A rule as it was read; valid as long as its handler runs.</summary>
public readonly ref struct NftRuleEntry
{
    /// <summary>The chain it is in.</summary>
    public ReadOnlySpan<byte> ChainName { get; init; }

    /// <summary>The chain it is in, as text.</summary>
    public string Chain => Encoding.UTF8.GetString(ChainName);

    /// <summary>The number by which it can be replaced or taken out.</summary>
    public ulong Handle { get; init; }

    /// <summary>What it consists of.</summary>
    public NetlinkAttributes Expressions { get; init; }

    /// <summary>What its writer noted about it; may be empty.</summary>
    public ReadOnlySpan<byte> UserData { get; init; }
}
