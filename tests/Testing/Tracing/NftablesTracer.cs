using Shunt.Model;
using Shunt.Netlink.Netfilter;
using Shunt.Testing.Nftables;

namespace Shunt.Testing.Tracing;

/// <summary>
/// Walks a packet that nobody sends through a table of nftables mode that nobody loads, and tells everything that can become of it. It interprets
/// rules and elements; that they have anything to do with Services it does not know. The path is the kernel's: prerouting, then input or forward,
/// or output for a packet of the node itself, which comes in again when it is for the node; then postrouting for what leaves.
/// </summary>
/// <param name="ruleset">The table, of the packet's family.</param>
/// <param name="nodeAddresses">The node's own addresses; loopback is always one.</param>
public sealed class NftablesTracer(NftablesRuleset ruleset, IEnumerable<IpAddr> nodeAddresses)
{
    private readonly HashSet<IpAddr> _nodeAddresses = [.. nodeAddresses];

    /// <summary>The clients with session affinity, who are new at first.</summary>
    public NftablesClients Clients { get; init; } = new();

    /// <summary>What is in the scratch variable when a packet comes: programs and traffic control write it too.</summary>
    public uint Priority { get; init; }

    /// <summary>Traces the table in a kernel with the node's addresses given as text.</summary>
    public static NftablesTracer Of(FakeNftables kernel, params string[] nodeAddresses)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        return new NftablesTracer(kernel.Ruleset(), nodeAddresses.Select(text => IpAddr.Parse(text)));
    }

    /// <summary>Everything that can become of the packet.</summary>
    /// <exception cref="FormatException">A rule on its way is none the tracer understands.</exception>
    public TraceResult Trace(TracedPacket packet)
    {
        ArgumentNullException.ThrowIfNull(packet);
        Clients.Begin();
        var fromNode = IsLocal(packet.Source);
        var outcomes = new HashSet<TraceOutcome>();
        HashSet<TraceState> states = [new TraceState(0, packet.Destination, packet.Port, Translated: false, Masqueraded: false, Priority)];
        states = Run(packet, fromNode ? NftHookNumber.NF_INET_LOCAL_OUT : NftHookNumber.NF_INET_PRE_ROUTING, states, outcomes);
        foreach (var (toNode, routed) in states.GroupBy(state => IsLocal(state.Destination)).Select(static group => (group.Key, group.ToHashSet())))
        {
            var passed = routed;
            if (!fromNode && !toNode) passed = Run(packet, NftHookNumber.NF_INET_FORWARD, passed, outcomes);
            if (fromNode || !toNode) passed = Run(packet, NftHookNumber.NF_INET_POST_ROUTING, passed, outcomes);
            if (fromNode && toNode) passed = Run(packet, NftHookNumber.NF_INET_PRE_ROUTING, passed, outcomes, isNatDone: true);
            if (toNode) passed = Run(packet, NftHookNumber.NF_INET_LOCAL_IN, passed, outcomes);
            foreach (var state in passed) outcomes.Add(Outcome(state));
        }

        return new TraceResult(outcomes);
    }

    /// <summary>What the packet comes to, as <see cref="TraceResult.ToString"/> says it.</summary>
    public string Trace(Protocol protocol, string source, string to) => Trace(TracedPacket.Of(protocol, source, to)).ToString();

    private static TraceOutcome Outcome(TraceState state) => state.Translated
        ? new TraceOutcome(TraceOutcomeKind.Translated, state.Destination, state.Port, state.Masqueraded)
        : new TraceOutcome(TraceOutcomeKind.Unhandled, Masqueraded: state.Masqueraded);

    /// <summary>Sends packets through all chains of a hook. Only the first packet of a flow is translated.</summary>
    private HashSet<TraceState> Run(
        TracedPacket packet, NftHookNumber hook, HashSet<TraceState> states, HashSet<TraceOutcome> outcomes, bool isNatDone = false)
    {
        foreach (var (chain, kind) in ruleset.At(hook))
        {
            if (kind.Type == NftChainType.Nat && (isNatDone || packet.ConntrackState != "NEW")) continue;
            var walk = new NftablesWalk(ruleset, Clients, _nodeAddresses, packet);
            var next = new HashSet<TraceState>();
            foreach (var state in states) next.UnionWith(walk.Run(chain, state));
            foreach (var (state, verdict) in walk.Ended)
            {
                if (verdict == "accept") next.Add(state);
                else outcomes.Add(new TraceOutcome(verdict == "drop" ? TraceOutcomeKind.Drop : TraceOutcomeKind.Reject));
            }

            states = next;
        }

        return states;
    }

    private bool IsLocal(IpAddr address) => address.IsLoopback || _nodeAddresses.Contains(address);
}
