using System.Globalization;
using System.Text;

namespace Shunt.Testing.Iptables;

/// <summary>One table of <see cref="FakeIptables"/>: chains and the commands that change them.</summary>
internal sealed class FakeTable
{
    private static readonly HashSet<string> Targets =
        new(StringComparer.Ordinal) { "ACCEPT", "DROP", "RETURN", "REJECT", "DNAT", "MASQUERADE", "MARK", "LOG" };

    private readonly string[] _builtIn;
    private readonly Dictionary<string, List<string>> _chains = new(StringComparer.Ordinal);

    public FakeTable(string[] builtIn)
    {
        _builtIn = builtIn;
        foreach (var chain in builtIn) _chains[chain] = [];
    }

    public bool Has(string chain) => _chains.ContainsKey(chain);

    public FakeTable Clone()
    {
        var copy = new FakeTable(_builtIn);
        foreach (var (chain, rules) in _chains) copy._chains[chain] = [.. rules];
        return copy;
    }

    public void Print(string name, StringBuilder text)
    {
        text.Append('*').Append(name).Append('\n');
        var own = _chains.Keys.Where(chain => !_builtIn.Contains(chain)).Order(StringComparer.Ordinal);
        string[] order = [.. _builtIn, .. own];
        foreach (var chain in order) text.Append(CultureInfo.InvariantCulture, $":{chain} {(_builtIn.Contains(chain) ? "ACCEPT" : "-")} [0:0]\n");
        foreach (var chain in order)
        {
            foreach (var rule in _chains[chain]) text.Append("-A ").Append(chain).Append(rule.Length == 0 ? "" : " ").Append(rule).Append('\n');
        }

        text.Append("COMMIT\n");
    }

    /// <summary>Does one line of an input; gives what is wrong with it, or null.</summary>
    public string? Execute(string line)
    {
        if (line[0] == ':')
        {
            _chains[line[1..line.IndexOf(' ', StringComparison.Ordinal)]] = [];
            return null;
        }

        var words = line.Split(' ', 3);
        if (!_chains.TryGetValue(words[1], out var rules)) return "no such chain";
        var rest = words.Length > 2 ? words[2] : "";
        return words[0] switch
        {
            "-A" => Insert(rules, rules.Count, rest),
            "-I" => Numbered(rest, out var number, out var rule) ? Insert(rules, number - 1, rule) : Insert(rules, 0, rest),
            "-R" => Numbered(rest, out var number, out var rule) ? Replace(rules, number - 1, rule) : "no number",
            "-D" => Delete(rules, rest),
            "-X" => RemoveChain(words[1], rules),
            _ => "no such command",
        };
    }

    private static bool Numbered(string rest, out int number, out string rule)
    {
        var end = rest.IndexOf(' ', StringComparison.Ordinal);
        rule = end < 0 ? "" : rest[(end + 1)..];
        return int.TryParse(end < 0 ? rest : rest[..end], NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }

    private string? Insert(List<string> rules, int index, string rule)
    {
        if (index < 0 || index > rules.Count) return "no such place";
        if (!TargetExists(rule)) return "no such target";
        rules.Insert(index, rule);
        return null;
    }

    private string? Replace(List<string> rules, int index, string rule)
    {
        if (index < 0 || index >= rules.Count) return "no such rule";
        if (!TargetExists(rule)) return "no such target";
        rules[index] = rule;
        return null;
    }

    private static string? Delete(List<string> rules, string rest)
    {
        if (!Numbered(rest, out var number, out _)) return rules.Remove(rest) ? null : "no such rule";
        if (number < 1 || number > rules.Count) return "no such rule";
        rules.RemoveAt(number - 1);
        return null;
    }

    private string? RemoveChain(string chain, List<string> rules)
    {
        if (rules.Count > 0) return "not empty";
        if (_chains.Values.Any(others => others.Any(rule => TargetOf(rule) == chain))) return "in use";
        _chains.Remove(chain);
        return null;
    }

    private bool TargetExists(string rule) => TargetOf(rule) is not { } target || Targets.Contains(target) || _chains.ContainsKey(target);

    private static string? TargetOf(string rule)
    {
        var start = rule.LastIndexOf("-j ", StringComparison.Ordinal);
        return start < 0 ? null : rule[(start + 3)..].Split(' ')[0];
    }
}
