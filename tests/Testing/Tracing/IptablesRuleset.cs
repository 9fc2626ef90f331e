using System.Collections.Immutable;

namespace Shunt.Testing.Tracing;

/// <summary>
/// The rules of one family, read from what iptables-save prints or what iptables-restore is fed. Anything unknown is an error:
/// a tracer that passes over a condition lies.
/// </summary>
public sealed class IptablesRuleset
{
    private static readonly HashSet<string> MatchOptionsWithValue =
    [
        "-s", "-d", "-p", "-i", "-o", "--dport", "--comment", "--ctstate", "--mark", "--dst-type", "--src-type",
        "--mode", "--probability", "--name", "--seconds", "--mask", "--nfacct-name",
    ];

    private static readonly HashSet<string> MatchOptionsWithoutValue = ["--rcheck", "--set", "--reap", "--rsource"];

    private static readonly HashSet<string> TargetOptionsWithValue =
        ["--set-xmark", "--or-mark", "--xor-mark", "--to-destination", "--reject-with"];

    private static readonly HashSet<string> TargetOptionsWithoutValue = ["--random-fully"];

    private readonly Dictionary<(string Table, string Chain), IptablesChain> _chains = [];

    private IptablesRuleset()
    {
    }

    /// <summary>Reads rules.</summary>
    /// <exception cref="FormatException">A line is none that the tracer understands; it is quoted.</exception>
    public static IptablesRuleset Parse(string text)
    {
        var ruleset = new IptablesRuleset();
        var table = "";
        foreach (var raw in text.Split('\n'))
        {
            var line = raw.Trim();
            if (line.Length == 0 || line[0] == '#' || line == "COMMIT") continue;
            if (line[0] == '*') table = line[1..];
            else if (line[0] == ':') ruleset.Declare(table, line);
            else ruleset.Append(table, line);
        }

        return ruleset;
    }

    /// <summary>The chain, or null when there is none of that name.</summary>
    internal IptablesChain? Chain(string table, string chain) => _chains.GetValueOrDefault((table, chain));

    private void Declare(string table, string line)
    {
        var words = line[1..].Split(' ');
        if (words.Length < 2) throw new FormatException($"no chain declaration: {line}");
        ChainOf(table, words[0]).Policy = words[1];
    }

    private void Append(string table, string line)
    {
        var words = RuleWords.Split(line);
        var start = words[0].StartsWith('[') ? 1 : 0; // counters of iptables-save -c
        if (words.Count < start + 2 || words[start] != "-A") throw new FormatException($"neither a chain nor an appended rule: {line}");
        ChainOf(table, words[start + 1]).Rules.Add(ParseRule(line, words, start + 2));
    }

    private IptablesChain ChainOf(string table, string name)
    {
        if (_chains.TryGetValue((table, name), out var chain)) return chain;
        return _chains[(table, name)] = new IptablesChain();
    }

    private static IptablesRule ParseRule(string line, List<string> words, int at)
    {
        var matches = ImmutableArray.CreateBuilder<RuleMatch>();
        var options = ImmutableDictionary.CreateBuilder<string, string>();
        var target = "";
        var negated = false;
        for (; at < words.Count; at++)
        {
            var word = words[at];
            if (word == "!") negated = true;
            else if (word == "-m") at++; // the module; its options say the rest
            else if (word == "-j") target = Value();
            else if (target.Length > 0 && TargetOptionsWithValue.Contains(word)) options[word] = Value();
            else if (target.Length > 0 && TargetOptionsWithoutValue.Contains(word)) options[word] = "";
            else if (MatchOptionsWithValue.Contains(word)) AddMatch(word, Value());
            else if (MatchOptionsWithoutValue.Contains(word)) AddMatch(word, "");
            else throw new FormatException($"the tracer does not know \"{word}\": {line}");
        }

        return new IptablesRule { Text = line, Matches = matches.ToImmutable(), Target = target, TargetOptions = options.ToImmutable() };

        string Value() => ++at < words.Count ? words[at] : throw new FormatException($"a value is missing at the end: {line}");

        void AddMatch(string option, string value)
        {
            matches.Add(new RuleMatch(option, value, negated));
            negated = false;
        }
    }
}
