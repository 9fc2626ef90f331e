using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Shunt.Model;

namespace Shunt.Backends.Nftables;

/// <summary>Gives endpoints their slots and numbers, so that little changes. Not thread-safe: it reuses its buffers.</summary>
internal sealed class EndpointArranger
{
    private readonly Dictionary<(IpAddr Address, ushort Port), int> _places = [];
    private readonly HashSet<ushort> _usedNumbers = [];
    private readonly List<int> _rest = [];

    /// <summary>The slots of endpoints.</summary>
    /// <param name="endpoints">The endpoints, in id order.</param>
    /// <param name="before">What was in the slots; empty for nothing.</param>
    public EndpointSlots Arrange(ImmutableArray<Endpoint> endpoints, ReadOnlySpan<(IpAddr Address, ushort Port)> before)
    {
        if (endpoints.IsEmpty) return EndpointSlots.None;
        if (before.IsEmpty || IsInOrder(endpoints, before)) return new EndpointSlots(endpoints, null);
        for (var i = 0; i < endpoints.Length; i++) _places[(endpoints[i].Address, endpoints[i].Port)] = i;
        var order = new int[endpoints.Length];
        order.AsSpan().Fill(-1);
        for (var slot = 0; slot < before.Length && slot < order.Length; slot++)
        {
            if (_places.Remove(before[slot], out var place)) order[slot] = place;
        }

        _rest.AddRange(_places.Values);
        _places.Clear();
        _rest.Sort();
        FillGaps(order);
        _rest.Clear();
        return new EndpointSlots(endpoints, IsIdentity(order) ? null : order);
    }

    /// <summary>The same as an affinity list, in which every endpoint has a number: its own as long as it lives, and best the same ever after.</summary>
    /// <param name="slots">The slots.</param>
    /// <param name="list">The list's number.</param>
    /// <param name="known">The numbers that endpoints have already.</param>
    public EndpointSlots Number(EndpointSlots slots, int list, IReadOnlyDictionary<(IpAddr Address, ushort Port), ushort> known)
    {
        var count = Math.Min(slots.Endpoints.Length, Choice.MaxListEndpoints);
        var numbers = new ushort[count];
        for (var slot = 0; slot < count; slot++)
        {
            if (known.TryGetValue((slots[slot].Address, slots[slot].Port), out var number) && _usedNumbers.Add(number)) numbers[slot] = number;
        }

        for (var slot = 0; slot < count; slot++)
        {
            if (numbers[slot] == 0) numbers[slot] = FreeNumber(slots[slot]);
        }

        _usedNumbers.Clear();
        return slots with { List = list, Numbers = ImmutableCollectionsMarshal.AsImmutableArray(numbers) };
    }

    private ushort FreeNumber(in Endpoint endpoint)
    {
        Span<byte> id = stackalloc byte[Endpoint.MaxIdLength];
        var number = (ushort)(StableHash.Of(id[..endpoint.FormatId(id)]) % Choice.MaxListEndpoints + 1);
        while (!_usedNumbers.Add(number)) number = (ushort)(number % Choice.MaxListEndpoints + 1);
        return number;
    }

    private void FillGaps(int[] order)
    {
        var next = 0;
        for (var slot = 0; slot < order.Length; slot++)
        {
            if (order[slot] < 0) order[slot] = _rest[next++];
        }
    }

    private static bool IsInOrder(ImmutableArray<Endpoint> endpoints, ReadOnlySpan<(IpAddr Address, ushort Port)> before)
    {
        var common = Math.Min(endpoints.Length, before.Length);
        for (var i = 0; i < common; i++)
        {
            if (endpoints[i].Address != before[i].Address || endpoints[i].Port != before[i].Port) return false;
        }

        return true;
    }

    private static bool IsIdentity(int[] order)
    {
        for (var i = 0; i < order.Length; i++)
        {
            if (order[i] != i) return false;
        }

        return true;
    }
}
