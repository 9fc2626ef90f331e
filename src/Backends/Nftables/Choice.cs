namespace Shunt.Backends.Nftables;

/// <summary>
/// What a frontend chooses from, as a number that travels from rule to rule in <c>meta priority</c>: either how many endpoints there are, or an
/// affinity list. An endpoint id is a list with the number of an endpoint in its low bits, so an id can never reach another list's endpoint.
/// </summary>
internal static class Choice
{
    /// <summary>The bits that tell counts from lists.</summary>
    public const uint KindMask = 0xF0000000;

    /// <summary>A list, or an endpoint id.</summary>
    public const uint ListKind = 0xF0000000;

    /// <summary>Of an endpoint id: the list. The rest is the endpoint, or in <see cref="SetKind.StickyLists"/> how many there are.</summary>
    public const uint ListMask = 0xFFFFF000;

    /// <summary>How many lists there can be.</summary>
    public const int MaxLists = 0xFFFF;

    /// <summary>How many endpoints a list can have.</summary>
    public const int MaxListEndpoints = 0xFFF;

    private const uint CountKind = 0xE0000000;

    /// <summary>So many endpoints.</summary>
    public static uint Count(int endpoints) => CountKind | (uint)endpoints;

    /// <summary>A list by its number, from 1 to <see cref="MaxLists"/>.</summary>
    public static uint List(int number) => ListKind | (uint)number << 12;

    /// <summary>Whether it is a list.</summary>
    public static bool IsList(uint choice) => (choice & KindMask) == ListKind;

    /// <summary>The number of a list.</summary>
    public static int ListNumber(uint choice) => (int)(choice >> 12 & MaxLists);
}
