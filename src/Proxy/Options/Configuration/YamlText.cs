using System.Text;
using System.Text.RegularExpressions;

namespace Shunt.Proxy.Options.Configuration;

/// <summary>How a string is written in YAML: plain where it reads back as itself, else in the quotes Go's writer would choose.</summary>
internal static partial class YamlText
{
    /// <summary>A string on one line.</summary>
    public static string Scalar(string value)
    {
        if (value.Any(static c => char.IsControl(c) || c is '\u2028' or '\u2029' or '\uFEFF' || char.IsSurrogate(c))) return DoubleQuoted(value);
        if (IsOtherThanString(value)) return DoubleQuoted(value);
        return NeedsQuotes(value) ? $"'{value.Replace("'", "''", StringComparison.Ordinal)}'" : value;
    }

    /// <summary>What a reader of YAML 1.1 or 1.2 takes for null, a Boolean, a number, a time or a merge key.</summary>
    private static bool IsOtherThanString(string value) =>
        value is "" or "~" or "<<" or "=" || Word().IsMatch(value) || Number().IsMatch(value) || Sexagesimal().IsMatch(value) || Date().IsMatch(value);

    /// <summary>What would be taken for structure.</summary>
    private static bool NeedsQuotes(string value)
    {
        if (value[0] == ' ' || value[^1] is ' ' or ':') return true;
        if (value.Contains(": ", StringComparison.Ordinal) || value.Contains(" #", StringComparison.Ordinal)) return true;
        if (value.StartsWith("---", StringComparison.Ordinal) || value.StartsWith("...", StringComparison.Ordinal)) return true;
        if (value[0] is '-' or '?' or ':') return value.Length == 1 || value[1] == ' ';
        return "#,[]{}&*!|>'\"%@`".Contains(value[0]);
    }

    private static string DoubleQuoted(string value)
    {
        var text = new StringBuilder(value.Length + 8).Append('"');
        foreach (var c in value)
        {
            if (c is '"' or '\\') text.Append('\\').Append(c);
            else if (c == '\n') text.Append("\\n");
            else if (c == '\t') text.Append("\\t");
            else if (char.IsControl(c) || c is '\u2028' or '\u2029' or '\uFEFF') text.Append($"\\u{(int)c:X4}");
            else text.Append(c);
        }

        return text.Append('"').ToString();
    }

    [GeneratedRegex("^(y|n|yes|no|on|off|true|false|null|\\.nan|[-+]?\\.inf)$", RegexOptions.IgnoreCase)]
    private static partial Regex Word();

    [GeneratedRegex(@"^[-+]?(0x[0-9a-fA-F_]+|0o?[0-7_]+|0b[01_]+|[0-9][0-9_]*|(\.[0-9][0-9_]*|[0-9][0-9_]*(\.[0-9_]*)?)([eE][-+]?[0-9]+)?)$")]
    private static partial Regex Number();

    [GeneratedRegex(@"^[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?$")]
    private static partial Regex Sexagesimal();

    [GeneratedRegex(@"^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt ].*)?$")]
    private static partial Regex Date();
}
