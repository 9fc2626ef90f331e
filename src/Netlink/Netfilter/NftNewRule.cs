namespace Shunt.Netlink.Netfilter;

/// <summary>A rule to be written.</summary>
public readonly ref struct NftNewRule
{
    /// <summary>What it consists of, as <see cref="NftExpressions"/> builds it.</summary>
    public ReadOnlySpan<byte> Expressions { get; init; }

    /// <summary>What to note about it; may be empty.</summary>
    public ReadOnlySpan<byte> UserData { get; init; }

    /// <summary>The protocol (IPPROTO_*) for which a match or target of iptables' is used that is for that only; zero for none.</summary>
    public uint CompatibleProtocol { get; init; }
}
