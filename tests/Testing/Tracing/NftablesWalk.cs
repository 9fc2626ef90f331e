using System.Runtime.InteropServices;
using Shunt.Backends.Nftables;
using Shunt.Model;

namespace Shunt.Testing.Tracing;

/// <summary>
/// One way through a base chain: the packets that are under way go through each rule together, as in <see cref="ChainWalk"/>. A rule is read
/// from left to right; a condition that does not hold, or a key that is not in its map, ends it, and what it did until there is done.
/// </summary>
internal sealed class NftablesWalk(NftablesRuleset ruleset, NftablesClients clients, IReadOnlySet<IpAddr> nodeAddresses, TracedPacket packet)
{
    // The kernel refuses loops; this only keeps wrong rules from hanging the test.
    private const int MaxDepth = 16;

    private readonly string _ip = NftablesText.Keyword(packet.Destination.Family);

    /// <summary>The packets that a verdict of the chain's stopped in it: <c>accept</c>, <c>drop</c>, <c>reject</c>, or one that translates.</summary>
    public HashSet<(TraceState State, string Verdict)> Ended { get; } = [];

    /// <returns>The packets that come out at the end.</returns>
    public HashSet<TraceState> Run(string chain, TraceState start) => Run(chain, [start], 0);

    private HashSet<TraceState> Run(string chain, HashSet<TraceState> underWay, int depth)
    {
        if (depth > MaxDepth) throw new FormatException($"the chains loop through {chain}");
        var left = new HashSet<TraceState>();
        foreach (var rule in ruleset.Rules(chain))
        {
            var next = new HashSet<TraceState>();
            foreach (var state in underWay) Run(new NftablesWords(rule), state, next, left, depth);
            underWay = next;
        }

        left.UnionWith(underWay);
        return left;
    }

    /// <summary>Goes on with a rule.</summary>
    /// <param name="words">What is left of it.</param>
    /// <param name="state">The packet.</param>
    /// <param name="next">Gets what the next rule gets.</param>
    /// <param name="left">Gets what leaves the chain as if it had come to its end.</param>
    /// <param name="depth">How many chains this one is called through.</param>
    private void Run(NftablesWords words, TraceState state, HashSet<TraceState> next, HashSet<TraceState> left, int depth)
    {
        while (!words.AtEnd)
        {
            if (words.Skip("jump"))
            {
                next.UnionWith(Run(words.Next(), [state], depth + 1));
                return;
            }

            if (words.Skip("goto"))
            {
                left.UnionWith(Run(words.Next(), [state], depth + 1));
                return;
            }

            if (TryEnd(words, state, next)) return;
            if (words.Skip("meta priority set"))
            {
                SetPriority(words, state, next, left, depth);
                return;
            }

            if (TrySet(ref words, ref state)) continue;
            if (!Holds(ref words, state)) break;
        }

        next.Add(state);
    }

    private bool TryEnd(NftablesWords words, TraceState state, HashSet<TraceState> next)
    {
        if (words.Skip("accept")) Ended.Add((state, "accept"));
        else if (words.Skip("drop")) Ended.Add((state, "drop"));
        else if (words.Skip("reject")) Ended.Add((state, "reject"));
        else if (words.Skip("masquerade fully-random")) Ended.Add((state with { Masqueraded = true }, "accept"));
        else if (words.Skip($"dnat {_ip} to")) Translate(ref words, state, next);
        else return false;
        if (!words.AtEnd) throw new FormatException($"nothing can come behind a verdict: {words.Rule}");
        return true;
    }

    private void Translate(ref NftablesWords words, TraceState state, HashSet<TraceState> next)
    {
        var keys = words.Keys(packet, state);
        words.Expect("map");
        var map = words.Next()[1..];
        foreach (var key in keys)
        {
            if (ruleset.Find(map, key) is not { } endpoint) next.Add(state);
            else Ended.Add((state with { Destination = IpAddr.FromBytes(endpoint.AsSpan(..^4)), Port = (ushort)(endpoint[^4] << 8 | endpoint[^3]), Translated = true }, "accept"));
        }
    }

    private void SetPriority(NftablesWords words, TraceState state, HashSet<TraceState> next, HashSet<TraceState> left, int depth)
    {
        if (words.Skip("none"))
        {
            Run(words, state with { Priority = 0 }, next, left, depth);
            return;
        }

        var keys = words.Keys(packet, state);
        var map = words.Skip("map") ? words.Next()[1..] : "";
        foreach (var key in keys)
        {
            var value = map switch
            {
                "" => key,
                "affinity" => clients.Find(key),
                _ => ruleset.Find(map, key),
            };
            if (value is null) next.Add(state);
            else Run(words, state with { Priority = MemoryMarshal.Read<uint>(value) }, next, left, depth);
        }
    }

    /// <summary>What a rule does and goes on.</summary>
    private bool TrySet(ref NftablesWords words, ref TraceState state)
    {
        if (words.Skip("meta mark set meta mark |")) state = state with { Mark = state.Mark | words.Mark() };
        else if (words.Skip("meta mark set meta mark ^")) state = state with { Mark = state.Mark ^ words.Mark() };
        else if (words.Skip("update @affinity {")) clients.Remember(Client(ref words, state), state.Priority);
        else if (words.Skip("delete @affinity {")) clients.Forget(Client(ref words, state));
        else return false;
        return true;
    }

    private byte[] Client(ref NftablesWords words, TraceState state)
    {
        var key = words.Keys(packet, state).Single();
        if (words.Skip("timeout")) words.Next();
        words.Expect(": meta priority }");
        return key;
    }

    private bool Holds(ref NftablesWords words, TraceState state)
    {
        if (words.Skip("ct state new")) return packet.ConntrackState == "NEW";
        if (words.Skip("ct status dnat")) return state.Translated;
        if (words.Skip("fib saddr type local")) return IsLocal(packet.Source);
        if (words.Skip("fib daddr type local")) return IsLocal(state.Destination);
        if (words.Skip("meta mark &")) return HasMark(ref words, state);
        if (words.Skip("iifname")) return InterfaceIs(ref words);
        var key = words.Keys(packet, state).Single();
        var differs = words.Skip("!=");
        words.Skip("==");
        var operand = words.Next();
        return (operand[0] == '@' ? ruleset.Find(operand[1..], key) is not null : IsEqual(key, operand)) != differs;
    }

    private static bool HasMark(ref NftablesWords words, TraceState state)
    {
        var mark = words.Mark();
        words.Expect("!= 0x00000000");
        return (state.Mark & mark) != 0;
    }

    private bool InterfaceIs(ref NftablesWords words)
    {
        var differs = words.Skip("!=");
        var name = words.Next().Trim('"');
        var matches = name.EndsWith('*') ? packet.InInterface.StartsWith(name[..^1], StringComparison.Ordinal) : packet.InInterface == name;
        return matches != differs;
    }

    /// <summary>An operand is an address, a network, or a priority.</summary>
    private static bool IsEqual(byte[] key, string operand)
    {
        if (operand.Contains('/', StringComparison.Ordinal)) return IpPrefix.Parse(operand).Contains(IpAddr.FromBytes(key));
        if (key.Length == 16 || operand.Contains('.', StringComparison.Ordinal)) return IpAddr.Parse(operand) == IpAddr.FromBytes(key);
        return new NftablesWords([operand]).Priority() == MemoryMarshal.Read<uint>(key);
    }

    private bool IsLocal(IpAddr address) => address.IsLoopback || nodeAddresses.Contains(address);
}
