using System.Buffers;
using System.Globalization;
using System.Text;

namespace Shunt.Proxy.Sources.Decoding;

/// <summary>Which names may be used: those that cannot break the comment of a rule or a line of a log.</summary>
internal static class ObjectNames
{
    /// <summary>The longest name of any API object (RFC 1123 subdomain).</summary>
    public const int MaxNameLength = 253;

    /// <summary>The longest text of a Service port, so that its rule comments stay below xt_comment's 256 bytes.</summary>
    public const int MaxServicePortLength = 199;

    private const int MaxQuotedLength = 64;

    private static readonly SearchValues<char> Allowed =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");

    /// <summary>Not empty, not too long, and made of letters, digits, dots, underscores and dashes.</summary>
    public static bool IsSafe(ReadOnlySpan<char> name) =>
        name.Length is > 0 and <= MaxNameLength && !name.ContainsAnyExcept(Allowed);

    /// <summary>A value as it may stand in a log line: quoted, escaped and cut.</summary>
    public static string Quote(string value)
    {
        var text = new StringBuilder(value.Length + 2).Append('"');
        foreach (var c in value.AsSpan(0, Math.Min(value.Length, MaxQuotedLength)))
        {
            if (char.IsControl(c) || char.IsSurrogate(c) || c is '\u2028' or '\u2029')
                text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            else
                text.Append(c is '"' or '\\' ? "\\" : "").Append(c);
        }

        return text.Append(value.Length > MaxQuotedLength ? "...\"" : "\"").ToString();
    }
}
