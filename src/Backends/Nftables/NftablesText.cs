using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Shunt.Model;
using Shunt.Netlink.Netfilter;

namespace Shunt.Backends.Nftables;

/// <summary>Writes transactions in nft's language, for people: <c>nft -f</c> would take them.</summary>
internal static class NftablesText
{
    /// <summary>Writes a transaction: first what is added, then what is taken away.</summary>
    public static void Write(NftablesDelta delta, IpFamily family, TextWriter output)
    {
        var table = $"{Keyword(family)} {NftablesNames.Table}";
        foreach (var unit in delta.Units)
        {
            if (unit.Base is { } change) Write(change, table, family, output);
        }

        foreach (var unit in delta.Units) Write(unit.First, table, family, output);
        foreach (var unit in delta.Units) Write(unit.Second, table, family, output);
    }

    /// <summary>The changes, owner by owner.</summary>
    public static ImmutableArray<ServiceChange> Describe(NftablesDelta delta, IpFamily family, int limit)
    {
        var added = ImmutableArray.CreateBuilder<string>();
        var removed = ImmutableArray.CreateBuilder<string>();
        foreach (var unit in delta.Units)
        {
            if (unit.Base is { } change) Describe(change, added, removed);
            if (unit.Owner is null) Describe(unit, family, added, removed);
        }

        var changes = ImmutableArray.CreateBuilder<ServiceChange>();
        if (added.Count + removed.Count > 0) changes.Add(new ServiceChange("", added.ToImmutable(), removed.ToImmutable()));
        foreach (var unit in delta.Units)
        {
            if (changes.Count >= limit) break;
            if (unit.Owner is not { } name) continue;
            added.Clear();
            removed.Clear();
            Describe(unit, family, added, removed);
            changes.Add(new ServiceChange($"{name}/{name.Protocol.ToApiName()}", added.ToImmutable(), removed.ToImmutable()));
        }

        return changes.ToImmutable();
    }

    /// <summary>An element as <c>nft list</c> prints it.</summary>
    public static string Format(in ElementRecord element, IpFamily family)
    {
        var text = new StringBuilder();
        Append(text, SetLayout.Key(element.Set.Kind), element.Key, family);
        if (!element.Comment.IsEmpty) text.Append(CultureInfo.InvariantCulture, $" comment \"{Encoding.UTF8.GetString(element.Comment)}\"");
        if (element.Data.IsEmpty) return text.ToString();
        text.Append(" : ");
        Append(text, SetLayout.Data(element.Set.Kind), element.Data, family);
        return text.ToString();
    }

    /// <summary>The family as nft calls it.</summary>
    public static string Keyword(IpFamily family) => family == IpFamily.IPv4 ? "ip" : "ip6";

    private static void Write(TapeRange range, string table, IpFamily family, TextWriter output)
    {
        for (var offset = range.Start; offset < range.End;)
        {
            var element = range.Tape.At(offset);
            offset = element.Next;
            var verb = element.Operation == ElementOperation.Add ? "add" : "delete";
            output.Write($"{verb} element {table} {element.Set.Name} {{ {Format(element, family)} }}\n");
        }
    }

    private static void Write(BaseChange change, string table, IpFamily family, TextWriter output)
    {
        if (change.DeletesTable) output.Write($"delete table {table}\n");
        if (change.AddsTable) output.Write($"add table {table} {{ comment \"{NftablesNames.TableComment}\"; }}\n");
        foreach (var set in change.Sets) output.Write(Declaration(set, table, family));
        foreach (var chain in change.Chains) output.Write($"add chain {table} {chain.Name}{Hook(chain.Hook)}\n");
        foreach (var chain in change.Flushed) output.Write($"flush chain {table} {chain}\n");
        foreach (var (chain, rules) in change.Rules)
        {
            foreach (var rule in rules) output.Write($"add rule {table} {chain} {rule}\n");
        }

        foreach (var chain in change.DeletedChains) output.Write($"delete chain {table} {chain}\n");
        foreach (var set in change.DeletedSets) output.Write($"delete set {table} {set}\n");
    }

    private static string Declaration(SetId set, string table, IpFamily family)
    {
        var data = SetLayout.Data(set.Kind);
        var type = Types(SetLayout.Key(set.Kind), family) + (data.Length == 0 ? "" : " : " + Types(data, family));
        var flags = set.Kind == SetKind.Affinity ? $" size {SetLayout.MaxClients}; flags dynamic,timeout;" : "";
        return $"add {(data.Length == 0 ? "set" : "map")} {table} {set.Name} {{ typeof {type};{flags} comment \"{SetLayout.Comment(set.Kind)}\"; }}\n";
    }

    private static string Hook(NftHook? hook)
    {
        if (hook is not { } it) return "";
        var name = it.Hook switch
        {
            NftHookNumber.NF_INET_PRE_ROUTING => "prerouting",
            NftHookNumber.NF_INET_LOCAL_IN => "input",
            NftHookNumber.NF_INET_FORWARD => "forward",
            NftHookNumber.NF_INET_LOCAL_OUT => "output",
            _ => "postrouting",
        };
        return $" {{ type {(it.Type == NftChainType.Nat ? "nat" : "filter")} hook {name} priority {it.Priority}; policy accept; }}";
    }

    private static string Types(ReadOnlySpan<SetField> fields, IpFamily family)
    {
        var text = "";
        foreach (var field in fields)
        {
            text += (text.Length == 0 ? "" : " . ") + field switch
            {
                SetField.SourceAddress => Keyword(family) + " saddr",
                SetField.DestinationAddress => Keyword(family) + " daddr",
                SetField.Protocol => "meta l4proto",
                SetField.DestinationPort => "th dport",
                SetField.Priority => "meta priority",
                _ => "numgen random mod 2",
            };
        }

        return text;
    }

    private static void Append(StringBuilder text, ReadOnlySpan<SetField> fields, ReadOnlySpan<byte> bytes, IpFamily family)
    {
        for (var i = 0; i < fields.Length; i++)
        {
            if (i > 0) text.Append(" . ");
            var length = SetLayout.Length(fields[i], family);
            Append(text, fields[i], bytes[..length]);
            bytes = bytes[length..];
        }
    }

    private static void Append(StringBuilder text, SetField field, ReadOnlySpan<byte> value)
    {
        switch (field)
        {
            case SetField.SourceAddress or SetField.DestinationAddress:
                text.Append(IpAddr.FromBytes(value));
                break;
            case SetField.Protocol:
                text.Append(((Protocol)value[0]).ToString().ToLowerInvariant());
                break;
            case SetField.DestinationPort:
                text.Append(value[0] << 8 | value[1]);
                break;
            case SetField.Priority:
                text.Append(RuleWriter.Spell(MemoryMarshal.Read<uint>(value)));
                break;
            default:
                text.Append(MemoryMarshal.Read<uint>(value));
                break;
        }
    }

    private static void Describe(NftablesUnit unit, IpFamily family, ImmutableArray<string>.Builder added, ImmutableArray<string>.Builder removed)
    {
        Describe(unit.First, family, added, removed);
        Describe(unit.Second, family, added, removed);
    }

    private static void Describe(TapeRange range, IpFamily family, ImmutableArray<string>.Builder added, ImmutableArray<string>.Builder removed)
    {
        for (var offset = range.Start; offset < range.End;)
        {
            var element = range.Tape.At(offset);
            offset = element.Next;
            (element.Operation == ElementOperation.Add ? added : removed).Add($"{element.Set.Name} {{ {Format(element, family)} }}");
        }
    }

    private static void Describe(BaseChange change, ImmutableArray<string>.Builder added, ImmutableArray<string>.Builder removed)
    {
        if (change.DeletesTable) removed.Add("table " + NftablesNames.Table);
        if (change.AddsTable) added.Add("table " + NftablesNames.Table);
        foreach (var set in change.Sets) added.Add("set " + set.Name);
        foreach (var chain in change.Chains) added.Add("chain " + chain.Name);
        foreach (var chain in change.Flushed) removed.Add($"chain {chain} {{ all rules }}");
        foreach (var (chain, rules) in change.Rules)
        {
            foreach (var rule in rules) added.Add($"chain {chain} {{ {rule} }}");
        }

        foreach (var chain in change.DeletedChains) removed.Add("chain " + chain);
        foreach (var set in change.DeletedSets) removed.Add("set " + set);
    }
}
