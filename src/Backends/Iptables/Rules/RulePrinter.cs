using System.Buffers;
using Shunt.Model;

namespace Shunt.Backends.Iptables.Rules;

/// <summary>Writes a rule as iptables-save prints it.</summary>
internal static class RulePrinter
{
    private static readonly SearchValues<byte> Unquoted =
        SearchValues.Create("_-0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"u8);

    private static readonly SearchValues<byte> Escaped = SearchValues.Create("\"\\'"u8);

    /// <summary>Writes the rule's line, newline and all.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="family">Its family, which is in some words.</param>
    /// <param name="output">Gets the line.</param>
    public static void Print(Rule rule, IpFamily family, RuleWriter output)
    {
        output.Append(rule.Chain.Span);
        if (rule.Source.IsValid) output.Source(rule.Source, rule.SourceIsNegated);
        if (rule.Destination.IsValid) output.Destination(rule.Destination, rule.DestinationIsNegated);
        if (!rule.Interface.IsEmpty)
        {
            output.Raw(rule.InterfaceIsNegated ? " ! -i "u8 : " -i "u8).Raw(rule.Interface.Span).Raw(rule.InterfaceIsPrefix ? "+"u8 : []);
        }

        if (rule.Protocol is { } protocol) output.Protocol(protocol);
        foreach (var match in rule.Matches) Print(match, rule.Protocol, family, output);
        Print(rule.Target, family, output);
    }

    private static void Print(in RuleMatch match, Protocol? protocol, IpFamily family, RuleWriter output)
    {
        switch (match.Kind)
        {
            case RuleMatchKind.Comment:
                PrintQuoted(match.Text.Span, output.Raw(" -m comment --comment "u8));
                break;
            case RuleMatchKind.Transport when protocol is { } known && match.Value != RuleMatch.AnyPort:
                output.DestinationPort(known, (ushort)match.Value);
                break;
            case RuleMatchKind.Transport when protocol is { } known:
                output.ProtocolMatch(known);
                break;
            case RuleMatchKind.Random:
                output.Raw(" -m statistic --mode random --probability "u8);
                RuleProbability.Write(match.Value, output);
                break;
            case RuleMatchKind.RecentCheck or RuleMatchKind.RecentSet:
                output.Recent(match.Text.Span, [], family, match.Kind == RuleMatchKind.RecentCheck ? (int)match.Value : null);
                break;
            case RuleMatchKind.SourceIsLocal:
                output.SourceIsLocal();
                break;
            case RuleMatchKind.DestinationIsLocal:
                output.DestinationIsLocal();
                break;
            case RuleMatchKind.ConntrackState:
                ConntrackStates.Write(match.Value, output.Raw(match.IsNegated ? " -m conntrack ! --ctstate "u8 : " -m conntrack --ctstate "u8));
                break;
            case RuleMatchKind.Mark:
                output.Raw(match.IsNegated ? " -m mark ! --mark 0x"u8 : " -m mark --mark 0x"u8).Hex(match.Value);
                if (match.Mask != uint.MaxValue) output.Raw("/0x"u8).Hex(match.Mask);
                break;
            case RuleMatchKind.Counter:
                output.Raw(" -m nfacct --nfacct-name "u8).Raw(match.Text.Span);
                break;
        }
    }

    private static void Print(in RuleTarget target, IpFamily family, RuleWriter output)
    {
        switch (target.Kind)
        {
            case RuleTargetKind.None:
                output.End();
                break;
            case RuleTargetKind.Jump:
                output.Jump(target.Chain.Span);
                break;
            case RuleTargetKind.Accept:
                output.Jump("ACCEPT"u8);
                break;
            case RuleTargetKind.Drop:
                output.Jump("DROP"u8);
                break;
            case RuleTargetKind.Return:
                output.Jump("RETURN"u8);
                break;
            case RuleTargetKind.Mark:
                output.Raw(" -j MARK --set-xmark 0x"u8).Hex(target.Mark).Raw("/0x"u8).Hex(target.Mask).End();
                break;
            case RuleTargetKind.Masquerade:
                output.Raw(" -j MASQUERADE"u8).Raw(target.IsFullyRandom ? " --random-fully"u8 : []).End();
                break;
            case RuleTargetKind.Reject:
                output.Reject(family);
                break;
            case RuleTargetKind.Dnat:
                output.Dnat(target.Address, target.Port);
                break;
        }
    }

    private static void PrintQuoted(ReadOnlySpan<byte> text, RuleWriter output)
    {
        if (!text.IsEmpty && !text.ContainsAnyExcept(Unquoted))
        {
            output.Raw(text);
            return;
        }

        output.Raw("\""u8);
        for (var at = text.IndexOfAny(Escaped); at >= 0; at = text.IndexOfAny(Escaped))
        {
            output.Raw(text[..at]).Raw("\\"u8).Raw(text.Slice(at, 1));
            text = text[(at + 1)..];
        }

        output.Raw(text).Raw("\""u8);
    }
}
