using System.Collections.Immutable;

namespace Shunt.Netlink.Netfilter;

/// <summary>One transaction that somebody put in force.</summary>
public sealed record NftChange
{
    /// <summary>The socket it came from (<see cref="NftTables.PortId"/>); zero when that is not known.</summary>
    public uint PortId { get; init; }

    /// <summary>The thread it came from, in the first process namespace; zero when that is not known.</summary>
    public int ProcessId { get; init; }

    /// <summary>Its process by name, of at most 15 characters; empty when that is not known.</summary>
    public string ProcessName { get; init; } = "";

    /// <summary>What it changed, each once, but for each element.</summary>
    public ImmutableArray<NftTouched> Touched { get; init; } = [];

    /// <summary>Changes came faster than they were taken, and some were lost, or this one is too large to name: anything may have changed.</summary>
    public bool EventsLost { get; init; }
}
