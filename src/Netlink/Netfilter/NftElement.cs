namespace Shunt.Netlink.Netfilter;

/// <summary>An element of a set or map. One that was read is valid as long as its handler runs.</summary>
public readonly ref struct NftElement
{
    /// <summary>The key, as packets have it.</summary>
    public ReadOnlySpan<byte> Key { get; init; }

    /// <summary>The value; empty for a set.</summary>
    public ReadOnlySpan<byte> Data { get; init; }

    /// <summary>What the writer noted about it (libnftnl/udata.h); may be empty.</summary>
    public ReadOnlySpan<byte> UserData { get; init; }
}
