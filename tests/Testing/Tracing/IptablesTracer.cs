using Shunt.Model;

namespace Shunt.Testing.Tracing;

/// <summary>
/// Walks a packet that nobody sends through rules that nobody loads, and tells everything that can become of it. The path is the
/// kernel's: nat PREROUTING, or OUTPUT for a packet of the node itself; then filter, where the translated destination decides
/// between INPUT and FORWARD; then nat POSTROUTING for what leaves. Unlike the kernel it takes every random branch.
/// </summary>
/// <param name="ruleset">The rules, of the packet's family.</param>
/// <param name="nodeAddresses">The node's own addresses; loopback is always one.</param>
public sealed class IptablesTracer(IptablesRuleset ruleset, IEnumerable<IpAddr> nodeAddresses)
{
    private readonly HashSet<IpAddr> _nodeAddresses = [.. nodeAddresses];

    /// <summary>The <c>recent</c> lists that know the packet's source already; a client is new to all of them at first.</summary>
    public HashSet<string> Remembered { get; } = [];

    /// <summary>Traces with the node's addresses given as text.</summary>
    public static IptablesTracer Of(string rules, params string[] nodeAddresses) =>
        new(IptablesRuleset.Parse(rules), nodeAddresses.Select(text => IpAddr.Parse(text)));

    /// <summary>Everything that can become of the packet.</summary>
    /// <exception cref="FormatException">A rule on its way is none the tracer understands.</exception>
    public TraceResult Trace(TracedPacket packet)
    {
        var fromNode = IsLocal(packet.Source);
        var start = new TraceState(0, packet.Destination, packet.Port, Translated: false, Masqueraded: false);
        var outcomes = new HashSet<TraceOutcome>();
        foreach (var (routed, _) in Walk(packet, "nat", fromNode ? "OUTPUT" : "PREROUTING", start))
        {
            foreach (var (passed, target) in Filter(packet, fromNode, routed)) Finish(packet, passed, target, outcomes);
        }

        return new TraceResult(outcomes);
    }

    /// <summary>What the packet comes to, as <see cref="TraceResult.ToString"/> says it.</summary>
    public string Trace(Protocol protocol, string source, string to) => Trace(TracedPacket.Of(protocol, source, to)).ToString();

    private void Finish(TracedPacket packet, TraceState state, string target, HashSet<TraceOutcome> outcomes)
    {
        switch (target)
        {
            case "REJECT":
                outcomes.Add(new TraceOutcome(TraceOutcomeKind.Reject));
                return;
            case "DROP":
                outcomes.Add(new TraceOutcome(TraceOutcomeKind.Drop));
                return;
        }

        // What came from elsewhere and stays here is delivered without passing POSTROUTING, so its mark changes nothing.
        var delivered = !IsLocal(packet.Source) && IsLocal(state.Destination);
        foreach (var (sent, _) in delivered ? [(state, "")] : Walk(packet, "nat", "POSTROUTING", state))
        {
            var kind = sent.Translated ? TraceOutcomeKind.Translated
                : target == "ACCEPT" ? TraceOutcomeKind.Accept
                : TraceOutcomeKind.Unhandled;
            outcomes.Add(kind == TraceOutcomeKind.Translated
                ? new TraceOutcome(kind, sent.Destination, sent.Port, sent.Masqueraded)
                : new TraceOutcome(kind, Masqueraded: sent.Masqueraded));
        }
    }

    /// <summary>Filter: a packet of the node to itself is judged on its way out and again on its way in.</summary>
    private List<(TraceState State, string Target)> Filter(TracedPacket packet, bool fromNode, TraceState routed)
    {
        var toNode = IsLocal(routed.Destination);
        if (!fromNode) return Walk(packet, "filter", toNode ? "INPUT" : "FORWARD", routed);
        var sent = Walk(packet, "filter", "OUTPUT", routed);
        return toNode
            ? [.. sent.SelectMany(way => way.Target is "REJECT" or "DROP" ? [way] : Walk(packet, "filter", "INPUT", way.State))]
            : sent;
    }

    private List<(TraceState State, string Target)> Walk(TracedPacket packet, string table, string chain, TraceState start)
    {
        var walk = new ChainWalk(ruleset, new RuleMatcher(_nodeAddresses, Remembered), table, packet);
        walk.Run(chain, start);
        return walk.Ended;
    }

    private bool IsLocal(IpAddr address) => address.IsLoopback || _nodeAddresses.Contains(address);
}
