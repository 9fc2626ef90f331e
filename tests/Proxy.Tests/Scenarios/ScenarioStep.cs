using System.Collections.Immutable;

namespace Shunt.Proxy.Tests.Scenarios;

/// <summary>Something that happens, and what must be true afterwards.</summary>
internal sealed record ScenarioStep
{
    /// <summary>What the file calls it.</summary>
    public required string Name { get; init; }

    /// <summary>Manifest files that are new or different, by name; null text for one that is deleted.</summary>
    public ImmutableArray<(string Name, string? Text)> Files { get; init; } = [];

    /// <summary>The agent is restarted with these settings; null when it goes on.</summary>
    public ScenarioSettings? Restart { get; init; }

    /// <summary>The first thing the agent asks of the kernel fails, and it tries again with the next step.</summary>
    public bool Fails { get; init; }

    /// <summary>What becomes of packets.</summary>
    public ImmutableArray<ScenarioPacket> Packets { get; init; } = [];

    /// <summary>Lines that iptables-save must print.</summary>
    public ImmutableArray<string> Rules { get; init; } = [];

    /// <summary>Text that no line of iptables-save may hold.</summary>
    public ImmutableArray<string> NoRules { get; init; } = [];

    /// <summary>All that iptables-save must print; null when it is not all given.</summary>
    public string? AllRules { get; init; }

    /// <summary>What iptables-restore must have been given, to the letter; empty for nothing at all, null when it is not given.</summary>
    public string? Sent { get; init; }

    /// <summary>In nftables mode: exactly what changes, <c>+ set { element }</c> or <c>- set { element }</c>; empty for nothing at all, null when it is not given.</summary>
    public string? Written { get; init; }

    /// <summary>In nftables mode: all elements of the table; null when they are not given.</summary>
    public string? Elements { get; init; }

    /// <summary>In nftables mode: rules that must be there, each behind its chain.</summary>
    public ImmutableArray<string> TableRules { get; init; } = [];
}
