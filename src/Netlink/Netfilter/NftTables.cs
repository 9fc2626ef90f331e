using System.Collections.Immutable;

namespace Shunt.Netlink.Netfilter;

/// <summary>
/// The kernel's nf_tables, of the network namespace that the thread was in when it opened them. One owner at a time.
/// Source: linux/netfilter/nf_tables.h, net/netfilter/nfnetlink.c.
/// </summary>
public sealed class NftTables : IDisposable
{
    private static readonly TimeSpan ReceiveTimeout = TimeSpan.FromSeconds(30);

    private readonly NetlinkSocket _socket;
    private readonly byte[] _request = new byte[512];

    private NftTables(NetlinkSocket socket) => _socket = socket;

    /// <summary>Who writes through this are said to come from (<see cref="NftChange.PortId"/>).</summary>
    public uint PortId => _socket.PortId;

    /// <summary>Opens the tables of the calling thread's network namespace.</summary>
    /// <exception cref="NetlinkException">The kernel has no netfilter, or the process may not have the socket.</exception>
    public static NftTables Open() => new(NetlinkSocket.Open(NetlinkFamily.NETLINK_NETFILTER, ReceiveTimeout));

    /// <summary>Puts a transaction in force, all of it or nothing.</summary>
    /// <returns>What the kernel would not take, as much of it as its answers had room for; empty when it is in force.</returns>
    /// <exception cref="NetlinkException">The socket itself failed, or all answers were lost (ENOBUFS): the transaction may be in force or not.</exception>
    public ImmutableArray<NftError> Apply(NftBatch batch) => Send(batch, commits: true, echoes: null);

    /// <summary>As <see cref="Apply(NftBatch)"/>; gives the handles of the rules for which that was asked (<see cref="NftBatch.Echo"/>).</summary>
    /// <param name="batch">The transaction.</param>
    /// <param name="echoes">Gets them, in order; some may be missing, for answers can be lost.</param>
    /// <returns>What the kernel would not take; empty when it is in force.</returns>
    /// <exception cref="NetlinkException">As there.</exception>
    public ImmutableArray<NftError> Apply(NftBatch batch, List<NftEcho> echoes) => Send(batch, commits: true, echoes);

    /// <summary>
    /// Asks whether the kernel would take a transaction: it is looked at, and undone. That chains lead in a circle only shows when they are put in
    /// force.
    /// </summary>
    /// <returns>What the kernel would not take; empty when it would take all of it.</returns>
    /// <exception cref="NetlinkException">The socket itself failed.</exception>
    public ImmutableArray<NftError> Check(NftBatch batch) => Send(batch, commits: false, echoes: null);

    /// <summary>The number of the tables' latest state in this namespace; every transaction of anybody adds one.</summary>
    /// <exception cref="NetlinkException">The kernel has no nf_tables.</exception>
    public uint ReadGeneration()
    {
        var sequence = _socket.NextSequence();
        var writer = Request(NftMessage.NFT_MSG_GETGEN, default, 0, sequence, out var message);
        writer.EndMessage(message);
        var generation = new Holder<uint>();
        _socket.Get(writer.Written, sequence, "read the nf_tables generation", generation, static (to, message) =>
        {
            var attributes = message.Attributes(NftMessage.HeaderLength);
            while (attributes.TryRead(out var attribute))
            {
                if (attribute.Type == NftMessage.NFTA_GEN_ID) to.Value = attribute.AsUInt32BigEndian();
            }
        });
        return generation.Value;
    }

    /// <summary>Whether a table is there.</summary>
    /// <exception cref="NetlinkException">It could not be asked.</exception>
    public bool HasTable(NetfilterFamily family, string table)
    {
        var sequence = _socket.NextSequence();
        var writer = Request(NftMessage.NFT_MSG_GETTABLE, default, (byte)family, sequence, out var message);
        writer.AddString(NftMessage.NFTA_TABLE_NAME, table);
        writer.EndMessage(message);
        return _socket.Get(writer.Written, sequence, $"look for table {table}", 0, static (_, _) => { });
    }

    /// <summary>Whether a chain is there.</summary>
    /// <exception cref="NetlinkException">It could not be asked.</exception>
    public bool HasChain(NetfilterFamily family, string table, string chain)
    {
        var sequence = _socket.NextSequence();
        var writer = Request(NftMessage.NFT_MSG_GETCHAIN, default, (byte)family, sequence, out var message);
        writer.AddString(NftMessage.NFTA_TABLE_NAME, table);
        writer.AddString(NftMessage.NFTA_CHAIN_NAME, chain);
        writer.EndMessage(message);
        return _socket.Get(writer.Written, sequence, $"look for chain {chain}", 0, static (_, _) => { });
    }

    /// <summary>Lists the chains of a table; none when it is not there.</summary>
    /// <exception cref="NetlinkException">A change came in between (ERESTART): ask again.</exception>
    public void DumpChains<TState>(NetfilterFamily family, string table, TState state, Action<TState, NftChainEntry> handle) =>
        Dump(NftMessage.NFT_MSG_GETCHAIN, family, table, null, (state, handle, table), static (to, message) =>
        {
            if (NftReading.Chain(message, to.table) is { } chain) to.handle(to.state, chain);
        });

    /// <summary>Lists the rules of a table, chain by chain in order; none when it is not there.</summary>
    /// <exception cref="NetlinkException">A change came in between (ERESTART): ask again.</exception>
    public void DumpRules<TState>(NetfilterFamily family, string table, TState state, NftRuleHandler<TState> handle) =>
        Dump(NftMessage.NFT_MSG_GETRULE, family, table, null, (state, handle), static (to, message) => to.handle(to.state, NftReading.Rule(message)));

    /// <summary>Lists the rules of a chain in order; none when it is not there.</summary>
    /// <exception cref="NetlinkException">A change came in between (ERESTART): ask again.</exception>
    public void DumpRules<TState>(NetfilterFamily family, string table, string chain, TState state, NftRuleHandler<TState> handle) =>
        Dump(NftMessage.NFT_MSG_GETRULE, family, table, chain, (state, handle), static (to, message) => to.handle(to.state, NftReading.Rule(message)));

    /// <summary>Lists the sets of a table, those of single rules too; none when it is not there.</summary>
    /// <exception cref="NetlinkException">A change came in between (ERESTART): ask again.</exception>
    public void DumpSets<TState>(NetfilterFamily family, string table, TState state, Action<TState, NftSetEntry> handle) =>
        Dump(NftMessage.NFT_MSG_GETSET, family, table, null, (state, handle), static (to, message) => to.handle(to.state, NftReading.Set(message)));

    /// <summary>Lists the elements of a set; none when it is not there.</summary>
    /// <exception cref="NetlinkException">A change came in between (ERESTART): ask again.</exception>
    public void DumpElements<TState>(NetfilterFamily family, string table, string set, TState state, NftElementHandler<TState> handle) =>
        Dump(NftMessage.NFT_MSG_GETSETELEM, family, table, set, (state, handle), static (to, message) => NftReading.Elements(message, to.state, to.handle));

    /// <summary>Looks one element up.</summary>
    /// <returns>False when it, or its set, is not there.</returns>
    /// <exception cref="NetlinkException">It could not be asked.</exception>
    public bool TryGetElement<TState>(
        NetfilterFamily family, string table, string set, ReadOnlySpan<byte> key, TState state, NftElementHandler<TState> handle)
    {
        var sequence = _socket.NextSequence();
        var writer = Request(NftMessage.NFT_MSG_GETSETELEM, default, (byte)family, sequence, out var message);
        writer.AddString(NftMessage.NFTA_TABLE_NAME, table);
        writer.AddString(NftMessage.NFTA_SET_ELEM_LIST_SET, set);
        var list = writer.BeginNested(NftMessage.NFTA_SET_ELEM_LIST_ELEMENTS);
        var item = writer.BeginNested(NftMessage.NFTA_LIST_ELEM);
        var value = writer.BeginNested(NftMessage.NFTA_SET_ELEM_KEY);
        writer.AddBytes(NftMessage.NFTA_DATA_VALUE, key);
        writer.EndNested(value);
        writer.EndNested(item);
        writer.EndNested(list);
        writer.EndMessage(message);
        return _socket.Get(
            writer.Written, sequence, $"look up an element of set {set}", (state, handle), static (to, message) => NftReading.Elements(message, to.state, to.handle));
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private ImmutableArray<NftError> Send(NftBatch batch, bool commits, List<NftEcho>? echoes)
    {
        ArgumentNullException.ThrowIfNull(batch);
        const string operation = "send a transaction to nf_tables";
        var bytes = batch.Seal(commits);
        _socket.EnsureSendBuffer(bytes.Length);
        _socket.Send(bytes, operation);

        // Answers are there before the send returns, and only errors are answered, and what asked for an echo.
        ImmutableArray<NftError>.Builder? errors = null;
        var lost = false;
        while (TryReceive(operation, out var datagram, ref lost))
        {
            var reader = new NetlinkReader(datagram);
            while (reader.TryRead(out var message))
            {
                if (NftMessage.Number(message.Type) == NftMessage.NFT_MSG_NEWRULE) echoes?.Add(new NftEcho(message.Sequence, NftReading.Rule(message).Handle));
                if (!message.IsAcknowledgement || message.Errno == NetlinkErrno.None) continue;
                var (owner, subject) = batch.Find(message.Sequence, message.ErrorOffset());
                var text = message.ErrorText();
                (errors ??= ImmutableArray.CreateBuilder<NftError>()).Add(
                    new NftError(message.Errno, owner, text.Length == 0 ? subject : $"{subject} ({text})"));
            }
        }

        if (errors is not null) return errors.ToImmutable();
        return lost ? throw new NetlinkException(operation, NetlinkErrno.ENOBUFS) : [];
    }

    /// <summary>That answers were lost does not keep us from those that are there, which the next transaction would take for its own.</summary>
    private bool TryReceive(string operation, out ReadOnlySpan<byte> datagram, ref bool lost)
    {
        try
        {
            return _socket.TryReceive(operation, out datagram);
        }
        catch (NetlinkException e) when (e.Errno == NetlinkErrno.ENOBUFS)
        {
            lost = true;
            datagram = default;
            return true;
        }
    }

    private void Dump<TState>(ushort type, NetfilterFamily family, string table, string? part, TState state, NetlinkMessageHandler<TState> handle)
    {
        var sequence = _socket.NextSequence();
        var writer = Request(type, NetlinkFlags.NLM_F_DUMP, (byte)family, sequence, out var message);
        writer.AddString(NftMessage.NFTA_TABLE_NAME, table);
        if (part is not null) writer.AddString(NftMessage.NFTA_RULE_CHAIN, part); // the same number as NFTA_SET_ELEM_LIST_SET
        writer.EndMessage(message);
        var operation = $"list table {table}";
        var generation = new Holder<int> { Value = -1 };
        try
        {
            _socket.Dump(writer.Written, sequence, operation, (state, handle, generation, operation), static (to, message) =>
            {
                // Each message has the low bits of the generation it was made from; a dump of elements has no other sign.
                var seen = message.Payload[2] << 8 | message.Payload[3];
                if (to.generation.Value >= 0 && seen != to.generation.Value) throw new NetlinkException(to.operation, NetlinkErrno.ERESTART);
                to.generation.Value = seen;
                to.handle(to.state, message);
            });
        }
        catch (NetlinkException e) when (e.Errno == NetlinkErrno.ENOENT)
        {
            // There is nothing, unless it went when part of it had been read.
            if (generation.Value >= 0) throw new NetlinkException(operation, NetlinkErrno.ERESTART);
        }
    }

    private NetlinkWriter Request(ushort type, NetlinkFlags flags, byte family, uint sequence, out int message)
    {
        var writer = new NetlinkWriter(_request);
        message = writer.BeginMessage(NftMessage.Type(type), NetlinkFlags.NLM_F_REQUEST | flags, sequence);
        writer.AddNetfilterHeader(family, 0);
        return writer;
    }

    private sealed class Holder<T>
    {
        public T? Value { get; set; }
    }
}
