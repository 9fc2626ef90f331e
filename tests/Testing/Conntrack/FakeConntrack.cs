using Shunt.Netlink;
using Shunt.Netlink.Conntrack;
using Shunt.Netlink.Netfilter;

namespace Shunt.Testing.Conntrack;

/// <summary>A connection-tracking table in memory that can be made to fail. It speaks through the real encoding.</summary>
public sealed class FakeConntrack : IConntrackTable
{
    private readonly List<(ConntrackKey Key, TrackedFlowSpec Flow)> _entries = [];
    private uint _lastId;

    /// <summary>The flows that are tracked.</summary>
    public IReadOnlyList<TrackedFlowSpec> Flows => [.. _entries.Select(static entry => entry.Flow with { Id = 0 })];

    /// <summary>How many dumps were asked for.</summary>
    public int Dumps { get; private set; }

    /// <summary>How many times it was opened.</summary>
    public int Opened { get; private set; }

    /// <summary>What the next dumps end with, one after the other; the entries are handed over all the same.</summary>
    public Queue<NetlinkErrno> DumpErrors { get; } = [];

    /// <summary>What the next deletions are refused with, one for each entry.</summary>
    public Queue<NetlinkErrno> DeleteErrors { get; } = [];

    /// <summary>The last dump asked for this protocol only.</summary>
    public byte? AskedFor { get; private set; }

    /// <summary>As <see cref="ConntrackTable.Open"/>.</summary>
    public IConntrackTable Open()
    {
        Opened++;
        return this;
    }

    /// <summary>Tracks flows.</summary>
    public void Create(params IEnumerable<TrackedFlowSpec> flows)
    {
        foreach (var flow in flows)
        {
            var numbered = flow with { Id = ++_lastId };
            Tell(numbered, this, (_, entry) => _entries.Add((entry.Key, numbered)));
        }
    }

    /// <inheritdoc/>
    public void Dump<TState>(NetfilterFamily family, byte? protocol, TState state, ConntrackHandler<TState> handle)
        where TState : class
    {
        Dumps++;
        AskedFor = protocol;
        foreach (var (_, flow) in _entries.ToArray())
        {
            if (flow.Family != family || (protocol is { } number && (byte)flow.Protocol != number)) continue;
            Tell(flow, state, handle);
        }

        if (DumpErrors.TryDequeue(out var error) && error != NetlinkErrno.None) throw new NetlinkException("list conntrack entries", error);
    }

    /// <inheritdoc/>
    public ConntrackDeletion Delete(ReadOnlySpan<ConntrackKey> keys)
    {
        var deleted = 0;
        var refusal = NetlinkErrno.None;
        foreach (var key in keys)
        {
            if (DeleteErrors.TryDequeue(out var error) && error != NetlinkErrno.None) refusal = error;
            else deleted += _entries.RemoveAll(entry => entry.Key == key);
        }

        return new ConntrackDeletion(deleted, refusal);
    }

    /// <summary>The table stays; only a handle is closed.</summary>
    public void Dispose()
    {
    }

    private static void Tell<TState>(TrackedFlowSpec flow, TState state, ConntrackHandler<TState> handle)
    {
        var writer = new NetlinkWriter(new byte[512]);
        flow.WriteDumped(ref writer);
        new NetlinkReader(writer.Written).TryRead(out var message);
        handle(state, ConntrackEntry.Read(message));
    }
}
