using System.Collections.Immutable;
using Shunt.Model;

namespace Shunt.Backends.Nftables;

/// <summary>A transaction being put together: what is wanted is held against what there is, owner by owner.</summary>
/// <param name="family">The family.</param>
/// <param name="index">What there is.</param>
internal sealed class DeltaDraft(IpFamily family, ElementIndex index)
{
    private readonly ElementTape _first = new();
    private readonly ElementTape _second = new();
    private readonly ImmutableArray<NftablesUnit>.Builder _units = ImmutableArray.CreateBuilder<NftablesUnit>();
    private readonly Dictionary<ServicePortName, int> _unitOf = [];
    private ElementIndex? _added; // of those that may belong to several owners
    private int _start;

    /// <summary>Adds to what there is; of what belongs to several, once.</summary>
    public void Observe(ElementTape elements) => index.AddAll(elements);

    /// <summary>Starts the part of an owner.</summary>
    public void Begin() => _start = _first.Length;

    /// <summary>Takes the elements that must be there.</summary>
    public void Want(ElementTape elements)
    {
        for (var offset = 0; offset < elements.Length;)
        {
            var element = elements.At(offset);
            offset = element.Next;
            if (!index.TryTake(element.Identity, out var found, out var wasTaken))
            {
                if (!IsShared(element.Set.Kind) || (_added ??= new()).Add(element)) _first.Add(ElementOperation.Add, element);
                continue;
            }

            if (wasTaken || found.Content.SequenceEqual(element.Content)) continue;
            _first.Add(ElementOperation.Delete, found);
            _first.Add(ElementOperation.Add, element);
        }
    }

    /// <summary>Ends the part of an owner, which may be nothing.</summary>
    public void End(ServicePortName? owner, BaseChange? change)
    {
        if (_start == _first.Length && change is null) return;
        if (owner is { } name) _unitOf.Add(name, _units.Count);
        _units.Add(new NftablesUnit(owner, new TapeRange(_first, _start, _first.Length), default) { Base = change });
    }

    /// <summary>Takes away what an owner had and nobody wants any more.</summary>
    public void DeleteUnwanted(ServicePortName owner, ElementTape before, int start, int end, FrontendClaims claims)
    {
        var from = _second.Length;
        for (var offset = start; offset < end;)
        {
            var element = before.At(offset);
            offset = element.Next;
            if (index.IsTaken(element.Identity) || IsOfOthers(element, claims)) continue;
            _second.Add(ElementOperation.Delete, element);
            index.Take(element.Identity); // of what belonged to several, the next one must not delete it again
        }

        if (from == _second.Length) return;
        var deleted = new TapeRange(_second, from, _second.Length);
        if (_unitOf.TryGetValue(owner, out var unit)) _units[unit] = _units[unit] with { Second = deleted };
        else _units.Add(new NftablesUnit(owner, default, deleted));
    }

    /// <summary>Takes away all that nobody wants, from the sets that stay.</summary>
    public void DeleteRest(ImmutableArray<SetId> sets)
    {
        index.DeleteUntaken(_second, sets);
        if (_second.Length > 0) _units.Add(new NftablesUnit(null, default, new TapeRange(_second, 0, _second.Length)));
    }

    /// <summary>The transaction.</summary>
    public NftablesDelta ToDelta() => new(family, _units.ToImmutable());

    private static bool IsShared(SetKind set) => set is SetKind.ClusterIps or SetKind.HairpinConnections;

    private static bool IsOfOthers(in ElementRecord element, FrontendClaims claims)
    {
        var key = element.Key;
        switch (element.Set.Kind)
        {
            case SetKind.ClusterIps:
                return claims.IsClusterIp(IpAddr.FromBytes(key));
            case SetKind.HairpinConnections:
                var length = (key.Length - 2 * sizeof(uint)) / 2;
                var port = key[^4..];
                return claims.IsHairpin(new FrontendKey(IpAddr.FromBytes(key[..length]), (Protocol)key[2 * length], (ushort)(port[0] << 8 | port[1])));
            default:
                return false;
        }
    }
}
