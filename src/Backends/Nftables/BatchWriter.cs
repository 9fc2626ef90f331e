using Shunt.Netlink.Netfilter;

namespace Shunt.Backends.Nftables;

/// <summary>Turns units of a transaction into netlink messages.</summary>
internal static class BatchWriter
{
    /// <summary>What is added or replaced.</summary>
    public static void WriteFirst(NftBatch batch, NftablesUnit unit)
    {
        if (unit.Base is { } change) Write(batch, change);
        Write(batch, unit.First, static _ => true);
    }

    /// <summary>What is only taken away, and at once.</summary>
    public static void WriteSecond(NftBatch batch, NftablesUnit unit) => Write(batch, unit.Second, static set => !IsDeferrable(set));

    /// <summary>Copies what may be taken away later.</summary>
    public static void CopyDeferrable(TapeRange range, ElementTape to)
    {
        for (var offset = range.Start; offset < range.End;)
        {
            var element = range.Tape.At(offset);
            offset = element.Next;
            if (IsDeferrable(element.Set.Kind)) to.Add(element.Operation, element);
        }
    }

    /// <summary>Chains and sets: every set is there before the rules that name it, every chain before those that lead to it.</summary>
    public static void Write(NftBatch batch, BaseChange change)
    {
        if (change.DeletesTable) batch.DeleteTable();
        if (change.AddsTable) batch.AddTable(NftUserData.Comment(NftablesNames.TableComment));
        foreach (var set in change.Sets) batch.AddSet(SetLayout.Describe(set, change.Family));
        foreach (var chain in change.Chains) batch.AddChain(chain.Name, chain.Hook);
        foreach (var chain in change.Flushed) batch.FlushChain(chain);
        foreach (var (chain, rules) in change.Rules)
        {
            foreach (var rule in rules) batch.AddRule(chain, rule.Expressions.Span, RuleFingerprint.UserData(rule));
        }

        foreach (var chain in change.DeletedChains) batch.DeleteChain(chain);
        foreach (var set in change.DeletedSets) batch.DeleteSet(set);
    }

    /// <summary>Elements of some sets.</summary>
    public static void Write(NftBatch batch, TapeRange range, Func<SetKind, bool> includes)
    {
        Span<byte> userData = stackalloc byte[NftUserData.MaxCommentLength + 3];
        var name = "";
        var last = (SetId)default;
        for (var offset = range.Start; offset < range.End;)
        {
            var element = range.Tape.At(offset);
            offset = element.Next;
            if (!includes(element.Set.Kind)) continue;
            if (name.Length == 0 || element.Set != last)
            {
                last = element.Set;
                name = last.Name;
            }

            var length = element.Comment.IsEmpty ? 0 : NftUserData.WriteComment(userData, element.Comment);
            var written = new NftElement { Key = element.Key, Data = element.Data, UserData = userData[..length] };
            if (element.Operation == ElementOperation.Add) batch.AddElement(name, written);
            else batch.DeleteElement(name, written);
        }
    }

    /// <summary>Packets find these by a number they have read before, and in no other way.</summary>
    private static bool IsDeferrable(SetKind set) => set is >= SetKind.Endpoints and <= SetKind.LocalNodePortEndpoints or SetKind.Sticky;
}
