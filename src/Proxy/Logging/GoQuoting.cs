using System.Globalization;
using System.Text;

namespace Shunt.Proxy.Logging;

/// <summary>Text the way Go's <c>%q</c> prints it, which is how Kubernetes' log lines quote: whatever is in it, it stays on one line and is visible.</summary>
internal static class GoQuoting
{
    /// <summary>A text in double quotes.</summary>
    public static string Quote(string text)
    {
        var output = new StringBuilder(text.Length + 2);
        AppendQuoted(output, text);
        return output.ToString();
    }

    /// <summary>Appends a text in double quotes.</summary>
    public static void AppendQuoted(StringBuilder output, string text)
    {
        output.Append('"');
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.Value is '"' or '\\') output.Append('\\').Append((char)rune.Value);
            else Append(output, rune);
        }

        output.Append('"');
    }

    /// <summary>Appends a text without quotes; only what is not printable is escaped.</summary>
    public static void AppendBare(StringBuilder output, string text)
    {
        foreach (var rune in text.EnumerateRunes()) Append(output, rune);
    }

    private static void Append(StringBuilder output, Rune rune)
    {
        if (rune.Value is >= ' ' and <= '~') output.Append((char)rune.Value);
        else if (IsPrintable(rune)) output.Append(rune.ToString());
        else AppendEscape(output, rune.Value);
    }

    private static void AppendEscape(StringBuilder output, int value)
    {
        var letter = value switch
        {
            '\a' => 'a',
            '\b' => 'b',
            '\f' => 'f',
            '\n' => 'n',
            '\r' => 'r',
            '\t' => 't',
            '\v' => 'v',
            _ => '\0',
        };
        if (letter != '\0') output.Append('\\').Append(letter);
        else if (value < 0x80) output.Append(CultureInfo.InvariantCulture, $"\\x{value:x2}");
        else if (value < 0x10000) output.Append(CultureInfo.InvariantCulture, $"\\u{value:x4}");
        else output.Append(CultureInfo.InvariantCulture, $"\\U{value:x8}");
    }

    // Letters, marks, numbers, punctuation and symbols. Of the spaces only the one of ASCII counts.
    private static bool IsPrintable(Rune rune) => Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned
        or UnicodeCategory.SpaceSeparator or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
}
