using System.Collections.Immutable;
using Shunt.Model;

namespace Shunt.Backends.Nftables;

/// <summary>What has to change that is not an element.</summary>
internal sealed record BaseChange
{
    /// <summary>The family of the table.</summary>
    public required IpFamily Family { get; init; }

    /// <summary>The table goes first, with all that is in it: something in it cannot be changed.</summary>
    public bool DeletesTable { get; init; }

    /// <summary>The table is made.</summary>
    public bool AddsTable { get; init; }

    /// <summary>Sets that are made.</summary>
    public ImmutableArray<SetId> Sets { get; init; } = [];

    /// <summary>Chains that are made, without their rules.</summary>
    public ImmutableArray<TableChain> Chains { get; init; } = [];

    /// <summary>Chains that are emptied before rules are added.</summary>
    public ImmutableArray<string> Flushed { get; init; } = [];

    /// <summary>Rules that are added at the end of their chains.</summary>
    public ImmutableArray<(string Chain, ImmutableArray<TableRule> Rules)> Rules { get; init; } = [];

    /// <summary>Chains that go; they were emptied.</summary>
    public ImmutableArray<string> DeletedChains { get; init; } = [];

    /// <summary>Sets that go.</summary>
    public ImmutableArray<string> DeletedSets { get; init; } = [];

    /// <summary>There is nothing to do.</summary>
    public bool IsEmpty =>
        !DeletesTable && !AddsTable && Sets.IsEmpty && Chains.IsEmpty && Flushed.IsEmpty && Rules.IsEmpty && DeletedChains.IsEmpty && DeletedSets.IsEmpty;
}
