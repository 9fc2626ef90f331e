using System.Text;

namespace Shunt.Testing.Tracing;

/// <summary>Splits a rule line into words the way iptables-restore does: double quotes group, a backslash takes the next character as it is.</summary>
internal static class RuleWords
{
    public static List<string> Split(string line)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        bool quoted = false, started = false;
        for (var i = 0; i < line.Length; i++)
        {
            var c = line[i];
            if (c == '"')
            {
                quoted = !quoted;
                started = true;
            }
            else if (c == '\\' && i + 1 < line.Length)
            {
                word.Append(line[++i]);
                started = true;
            }
            else if (c != ' ' || quoted)
            {
                word.Append(c);
                started = true;
            }
            else if (started)
            {
                words.Add(word.ToString());
                word.Clear();
                started = false;
            }
        }

        if (quoted) throw new FormatException($"the quotes do not end: {line}");
        if (started) words.Add(word.ToString());
        return words;
    }
}
