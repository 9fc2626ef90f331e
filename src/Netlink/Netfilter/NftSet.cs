namespace Shunt.Netlink.Netfilter;

/// <summary>A set or map to be made. A key of several fields is one of their summed length, each padded to four bytes.</summary>
public sealed record NftSet
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>What it can do.</summary>
    public NftSetFlags Flags { get; init; }

    /// <summary>nftables' number for the type of its keys: only for listing.</summary>
    public uint KeyType { get; init; }

    /// <summary>The length of a key in bytes.</summary>
    public required uint KeyLength { get; init; }

    /// <summary>nftables' number for the type of its values: only for listing; for a map.</summary>
    public uint DataType { get; init; }

    /// <summary>The length of a value in bytes; zero for a set.</summary>
    public uint DataLength { get; init; }

    /// <summary>How many elements it holds at most; zero for no limit.</summary>
    public uint Size { get; init; }

    /// <summary>What <c>nft</c> wants to know about it (libnftnl/udata.h); may be empty.</summary>
    public ReadOnlyMemory<byte> UserData { get; init; }
}
