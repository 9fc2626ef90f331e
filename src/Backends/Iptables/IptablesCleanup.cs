namespace Shunt.Backends.Iptables;

/// <summary>
/// What must go so that nothing of ours is left. KUBE-FIREWALL and its jumps stay: the kubelet relies on them too. Foreign rules and chains,
/// the kubelet's own among them, are not touched.
/// </summary>
internal static class IptablesCleanup
{
    public static IptablesDelta Plan(IptablesDump dump)
    {
        var unit = new DeltaUnit(null, isEssential: true);
        foreach (var chain in dump.Chains)
        {
            if (chain.IsBuiltIn) RemoveHooks(chain, unit);
            else if (IsOurs(chain.Name.Span)) RemoveChain(chain, unit);
        }

        return unit.IsEmpty ? IptablesDelta.Empty : new IptablesDelta([unit]);
    }

    private static void RemoveHooks(DumpedChain chain, DeltaUnit unit)
    {
        var lines = new LineReader(chain.Rules);
        while (lines.MoveNext())
        {
            var line = lines.Current.Span;
            var jump = line.LastIndexOf(" -j "u8);
            if (jump < 0 || !IsOurs(line[(jump + 4)..])) continue;
            unit.Add(chain.Table, new ChainOp(ChainOpKind.Delete, chain.Name, default, lines.Current));
        }
    }

    private static void RemoveChain(DumpedChain chain, DeltaUnit unit)
    {
        unit.Add(chain.Table, new ChainOp(ChainOpKind.Flush, chain.Name, default, chain.Rules));
        unit.Add(chain.Table, new ChainOp(ChainOpKind.Remove, chain.Name, default, default));
    }

    private static bool IsOurs(ReadOnlySpan<byte> chain) => IptablesNames.IsOurs(chain) && !chain.SequenceEqual(IptablesNames.Firewall);
}
