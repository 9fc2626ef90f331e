using System.Collections.Immutable;
using Shunt.Model;

namespace Shunt.Backends.Nftables;

/// <summary>
/// The endpoints of one list in the order of their slots. An endpoint keeps its slot while others come and go, so that few elements change;
/// the slot of one that goes is taken by one that comes, or by one of the last.
/// </summary>
/// <param name="Endpoints">The endpoints, in id order.</param>
/// <param name="Order">Slot to place in <paramref name="Endpoints"/>; null when they are the same.</param>
internal sealed record EndpointSlots(ImmutableArray<Endpoint> Endpoints, int[]? Order)
{
    /// <summary>No endpoints.</summary>
    public static EndpointSlots None { get; } = new([], null);

    /// <summary>The affinity list's number; zero without affinity.</summary>
    public int List { get; init; }

    /// <summary>Of an affinity list: the numbers of the endpoints, slot by slot; empty without affinity.</summary>
    public ImmutableArray<ushort> Numbers { get; init; } = [];

    /// <summary>How many slots there are.</summary>
    public int Count => List == 0 ? Endpoints.Length : Numbers.Length;

    /// <summary>There are none.</summary>
    public bool IsEmpty => Endpoints.IsEmpty;

    /// <summary>What a frontend chooses from.</summary>
    public uint Choice => List == 0 ? Nftables.Choice.Count(Count) : Nftables.Choice.List(List);

    /// <summary>The endpoint in a slot.</summary>
    public ref readonly Endpoint this[int slot] => ref Endpoints.ItemRef(Order is null ? slot : Order[slot]);
}
