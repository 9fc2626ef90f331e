namespace Shunt.Backends.Iptables;

/// <summary>Numbers of rules, by table.</summary>
internal readonly record struct RuleCounts(int Filter, int Nat)
{
    public static RuleCounts operator +(RuleCounts left, RuleCounts right) => new(left.Filter + right.Filter, left.Nat + right.Nat);

    public static RuleCounts operator -(RuleCounts left, RuleCounts right) => new(left.Filter - right.Filter, left.Nat - right.Nat);

    /// <summary>The rules of a block.</summary>
    public static RuleCounts Of(RuleBlock block) => new(Lines(block.Filter), Lines(block.Nat));

    /// <summary>The rules that a transaction writes.</summary>
    public static RuleCounts Written(IptablesDelta delta)
    {
        var counts = default(RuleCounts);
        foreach (var unit in delta.Units) counts += new RuleCounts(Written(unit[IptablesTable.Filter]), Written(unit[IptablesTable.Nat]));
        return counts;
    }

    /// <summary>The lines of a text in which each is ended by a newline.</summary>
    public static int Lines(ReadOnlyMemory<byte> rules) => rules.Span.Count((byte)'\n');

    private static int Written(List<ChainOp>? ops)
    {
        var count = 0;
        foreach (var op in ops ?? []) count += Lines(op.Rules);
        return count;
    }
}
