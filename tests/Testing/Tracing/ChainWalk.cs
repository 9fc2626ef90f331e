namespace Shunt.Testing.Tracing;

/// <summary>
/// One way through a table: the packets that are still under way go through each rule together, so that a chain with a thousand
/// random branches costs a thousand steps and not two to that power.
/// </summary>
internal sealed class ChainWalk(IptablesRuleset ruleset, RuleMatcher matcher, string table, TracedPacket packet)
{
    // The kernel refuses loops; this only keeps a wrong text from hanging the test.
    private const int MaxDepth = 64;

    /// <summary>How packets left the table by a terminating target: the state, and the target's name.</summary>
    public List<(TraceState State, string Target)> Ended { get; } = [];

    /// <summary>Sends packets through a built-in chain and its policy.</summary>
    public void Run(string chain, TraceState start)
    {
        var policy = ruleset.Chain(table, chain)?.Policy ?? "";
        foreach (var state in Walk(chain, [start], 0)) Ended.Add((state, policy == "DROP" ? "DROP" : ""));
    }

    /// <returns>The packets that come back: through RETURN, or at the end of the chain.</returns>
    private HashSet<TraceState> Walk(string name, HashSet<TraceState> underWay, int depth)
    {
        if (depth > MaxDepth) throw new FormatException($"the chains loop through {name}");
        var returned = new HashSet<TraceState>();
        foreach (var rule in ruleset.Chain(table, name)?.Rules ?? [])
        {
            var next = new HashSet<TraceState>();
            foreach (var state in underWay)
            {
                var certainty = matcher.Matches(rule, packet, state);
                if (certainty != Certainty.Always) next.Add(state);
                if (certainty != Certainty.Never) Fire(rule, state, next, returned, depth);
            }

            underWay = next;
        }

        returned.UnionWith(underWay);
        return returned;
    }

    private void Fire(IptablesRule rule, TraceState state, HashSet<TraceState> next, HashSet<TraceState> returned, int depth)
    {
        switch (rule.Target)
        {
            case "":
                next.Add(state);
                break;
            case "RETURN":
                returned.Add(state);
                break;
            case "MARK":
                next.Add(state with { Mark = Mark(rule, state.Mark) });
                break;
            case "DNAT":
                var (address, port) = TracedPacket.ParseSocketAddress(rule.TargetOptions["--to-destination"]);
                Ended.Add((state with { Destination = address, Port = port, Translated = true }, rule.Target));
                break;
            case "MASQUERADE":
                Ended.Add((state with { Masqueraded = true }, rule.Target));
                break;
            case "ACCEPT" or "DROP" or "REJECT":
                Ended.Add((state, rule.Target));
                break;
            default:
                if (ruleset.Chain(table, rule.Target) is null) throw new FormatException($"no chain {rule.Target}: {rule.Text}");
                next.UnionWith(Walk(rule.Target, [state], depth + 1));
                break;
        }
    }

    private static uint Mark(IptablesRule rule, uint mark)
    {
        var (option, text) = rule.TargetOptions.Single();
        var (value, mask) = RuleMatcher.ParseMark(text);
        return option switch
        {
            "--set-xmark" => (mark & ~mask) ^ value,
            "--or-mark" => mark | value,
            "--xor-mark" => mark ^ value,
            _ => throw new FormatException($"the tracer does not know \"{option}\": {rule.Text}"),
        };
    }
}
