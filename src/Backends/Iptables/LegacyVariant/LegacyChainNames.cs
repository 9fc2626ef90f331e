namespace Shunt.Backends.Iptables.LegacyVariant;

/// <summary>Finds chains by name: the name is in the chain and nowhere else.</summary>
internal sealed class LegacyChainNames : IEqualityComparer<LegacyChain>, IAlternateEqualityComparer<ReadOnlySpan<byte>, LegacyChain>
{
    public static LegacyChainNames Comparer { get; } = new();

    public bool Equals(LegacyChain? x, LegacyChain? y) => x is null ? y is null : y is not null && x.Name.AsSpan().SequenceEqual(y.Name);

    public int GetHashCode(LegacyChain obj) => Utf8Content.Hash(obj.Name);

    public bool Equals(ReadOnlySpan<byte> alternate, LegacyChain other) => alternate.SequenceEqual(other.Name);

    public int GetHashCode(ReadOnlySpan<byte> alternate) => Utf8Content.Hash(alternate);

    public LegacyChain Create(ReadOnlySpan<byte> alternate) => throw new NotSupportedException();
}
