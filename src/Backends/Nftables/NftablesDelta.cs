using System.Collections.Immutable;
using Shunt.Model;

namespace Shunt.Backends.Nftables;

/// <summary>A transaction: chains and sets, Service port by Service port, and what is stale.</summary>
public sealed class NftablesDelta : IDelta<NftablesDelta>
{
    private readonly IpFamily _family;

    internal NftablesDelta(IpFamily family, ImmutableArray<NftablesUnit> units)
    {
        _family = family;
        Units = units;
    }

    /// <inheritdoc/>
    public bool IsEmpty => Units.IsEmpty;

    /// <inheritdoc/>
    public int Count => Units.Length;

    /// <inheritdoc/>
    public ServicePortName? Owner => Units.Length == 1 ? Units[0].Owner : null;

    /// <inheritdoc/>
    public bool IsEssential => Units.Length == 1 && Units[0].Base is not null;

    internal ImmutableArray<NftablesUnit> Units { get; }

    /// <summary>An endpoint that clients stick to goes: that cannot wait, as they must not go there any more.</summary>
    internal bool ForgetsClients
    {
        get
        {
            foreach (var unit in Units)
            {
                for (var offset = unit.Second.Start; offset < unit.Second.End;)
                {
                    var element = unit.Second.Tape.At(offset);
                    if (element.Set.Kind == SetKind.StickyEndpoints) return true;
                    offset = element.Next;
                }
            }

            return false;
        }
    }

    /// <inheritdoc/>
    public (NftablesDelta First, NftablesDelta Second) Split()
    {
        // What all need goes alone: without it every half would be refused.
        var middle = Units[0].Base is not null ? 1 : Units.Length / 2;
        return (new NftablesDelta(_family, Units[..middle]), new NftablesDelta(_family, Units[middle..]));
    }

    /// <inheritdoc/>
    public NftablesDelta Concat(NftablesDelta other) => new(_family, Units.AddRange(other.Units));

    /// <inheritdoc/>
    public ImmutableArray<ServiceChange> Describe(int limit) => NftablesText.Describe(this, _family, limit);

    /// <inheritdoc/>
    public void WriteTo(TextWriter output) => NftablesText.Write(this, _family, output);
}
